// An API of your own behind Vestibule's authorizer, with AWS CDK.

import { App, Duration, Fn, Stack } from "aws-cdk-lib";
import { HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { CfnPermission, Code, Function, Runtime } from "aws-cdk-lib/aws-lambda";

// The name of the Vestibule stack in the same account and region.
const VESTIBULE = "vestibule";

const stack = new Stack(new App(), "Orders");
const authorizerArn = Fn.importValue(`${VESTIBULE}-AuthorizerFunctionArn`);
const authorizer = Function.fromFunctionArn(stack, "Authorizer", authorizerArn);

// $context.routeKey is part of the cache's key, or the answer for one route would be replayed on every other; and so is the
// address, or an API key would be taken from addresses that it may not be used from.
const bearer = new HttpLambdaAuthorizer("Bearer", authorizer, {
  responseTypes: [HttpLambdaResponseType.SIMPLE],
  identitySource: ["$request.header.Authorization", "$context.routeKey", "$context.identity.sourceIp"],
  resultsCacheTtl: Duration.seconds(60),
});
// For routes that `routes.toml` calls strict: every call is asked about, so that a revocation holds at once.
const strictBearer = new HttpLambdaAuthorizer("StrictBearer", authorizer, {
  responseTypes: [HttpLambdaResponseType.SIMPLE],
  identitySource: ["$request.header.Authorization"],
  resultsCacheTtl: Duration.seconds(0),
});

const orders = new Function(stack, "OrdersFunction", {
  runtime: Runtime.PYTHON_3_13,
  handler: "index.handler",
  code: Code.fromInline(`
def handler(event, context):
    return {"owner": event["requestContext"]["authorizer"]["lambda"]["sub"]}
`),
});

const api = new HttpApi(stack, "Api", { defaultAuthorizer: bearer });
const integration = new HttpLambdaIntegration("Orders", orders);
api.addRoutes({ path: "/orders", methods: [HttpMethod.GET], integration });
api.addRoutes({ path: "/admin", methods: [HttpMethod.GET], integration, authorizer: strictBearer });

// CDK adds no permission to a function that it did not make.
new CfnPermission(stack, "AuthorizerPermission", {
  action: "lambda:InvokeFunction",
  functionName: authorizerArn,
  principal: "apigateway.amazonaws.com",
  sourceArn: stack.formatArn({ service: "execute-api", resource: api.apiId, resourceName: "authorizers/*" }),
});
