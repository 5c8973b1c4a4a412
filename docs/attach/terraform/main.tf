# An API of your own behind Vestibule's authorizer, with Terraform. Unlike its neighbours for SAM and CDK this example is not
# tested: nothing here has planned or applied it. Needs the provider hashicorp/aws, version 5 or newer.

variable "vestibule_stack" {
  description = "Name of the Vestibule stack in this account and region."
  default     = "vestibule"
}

variable "orders_function_name" {
  description = "Your function. It finds the principal at requestContext.authorizer.lambda.sub, .scope and so on."
}

data "aws_cloudformation_stack" "vestibule" {
  name = var.vestibule_stack
}

data "aws_lambda_function" "orders" {
  function_name = var.orders_function_name
}

data "aws_arn" "authorizer" {
  arn = data.aws_cloudformation_stack.vestibule.outputs["AuthorizerFunctionArn"]
}

locals {
  authorizer_arn = data.aws_cloudformation_stack.vestibule.outputs["AuthorizerFunctionArn"]
  authorizer_uri = "arn:${data.aws_arn.authorizer.partition}:apigateway:${data.aws_arn.authorizer.region}:lambda:path/2015-03-31/functions/${local.authorizer_arn}/invocations"
}

resource "aws_apigatewayv2_api" "api" {
  name          = "orders"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.api.id
  name        = "$default"
  auto_deploy = true
}

# $context.routeKey is part of the cache's key, or the answer for one route would be replayed on every other; and so is the
# address, or an API key would be taken from addresses that it may not be used from.
resource "aws_apigatewayv2_authorizer" "bearer" {
  api_id                            = aws_apigatewayv2_api.api.id
  name                              = "bearer"
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = local.authorizer_uri
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = true
  identity_sources                  = ["$request.header.Authorization", "$context.routeKey", "$context.identity.sourceIp"]
  authorizer_result_ttl_in_seconds  = 60
}

# For routes that `routes.toml` calls strict: every call is asked about, so that a revocation holds at once.
resource "aws_apigatewayv2_authorizer" "strict_bearer" {
  api_id                            = aws_apigatewayv2_api.api.id
  name                              = "strict-bearer"
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = local.authorizer_uri
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = true
  identity_sources                  = ["$request.header.Authorization"]
  authorizer_result_ttl_in_seconds  = 0
}

resource "aws_lambda_permission" "authorizer" {
  action        = "lambda:InvokeFunction"
  function_name = local.authorizer_arn
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.api.execution_arn}/authorizers/*"
}

resource "aws_apigatewayv2_integration" "orders" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "AWS_PROXY"
  integration_uri        = data.aws_lambda_function.orders.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_lambda_permission" "orders" {
  action        = "lambda:InvokeFunction"
  function_name = var.orders_function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.api.execution_arn}/*"
}

resource "aws_apigatewayv2_route" "orders" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "GET /orders"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.bearer.id
  target             = "integrations/${aws_apigatewayv2_integration.orders.id}"
}

resource "aws_apigatewayv2_route" "admin" {
  api_id             = aws_apigatewayv2_api.api.id
  route_key          = "GET /admin"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.strict_bearer.id
  target             = "integrations/${aws_apigatewayv2_integration.orders.id}"
}
