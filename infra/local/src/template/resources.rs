//! The resources that exist, and their properties, evaluated when somebody asks for them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::fault::{Fault, TemplateFault};
use super::parameters::{self, Parameters};
use super::scope::{Declared, Scope};
use super::value::{Property, Value};
use super::yaml::Node;
use super::{conditions, names, rules};

/// A template of which parameters and conditions are known, so that it is clear which resources exist.
#[derive(Debug)]
pub(super) struct Resources<'t> {
    scope: Scope<'t>,
    existing: Vec<Declaration<'t>>,
}

#[derive(Debug)]
struct Declaration<'t> {
    id: &'t str,
    kind: &'t str,
    node: &'t Node,
}

/// One resource.
#[derive(Debug)]
pub(super) struct Resource<'r> {
    pub(super) id: &'r str,
    scope: &'r Scope<'r>,
    node: &'r Node,
    properties: Cow<'r, Node>,
}

impl<'t> Resources<'t> {
    pub(super) fn of(root: &'t Node, stack: &'t str, given: &Parameters) -> Result<Self, TemplateFault> {
        let parameters = parameters::values(root.get("Parameters"), given)?;
        let (conditions, resources) = (BTreeMap::new(), BTreeMap::new());
        let mut scope = Scope { stack, parameters, mappings: root.get("Mappings"), conditions, resources };
        rules::keep(root.get("Rules"), &scope)?;
        scope.conditions = conditions::evaluate(root.get("Conditions"), &scope)?;
        let declared = root.get("Resources").ok_or_else(|| Fault::Missing.at("Resources"))?;
        let mut existing = Vec::new();
        for (id, node) in declared.entries().ok_or_else(|| Fault::expected("a map").at("Resources"))? {
            // `Fn::ForEach::Name` and the like would declare resources that nobody here sees.
            if id.starts_with("Fn::") {
                return Err(Fault::UnknownFunction(id.clone()).at("Resources"));
            }
            let kind = literal(node, "Type").map_err(|fault| fault.at(format!("{id}.Type")))?;
            let kind = kind.ok_or_else(|| Fault::Missing.at(format!("{id}.Type")))?;
            let at = |fault: Fault| fault.at(format!("{id}.Condition"));
            let declared = match literal(node, "Condition").map_err(at)? {
                Some(condition) if !scope.condition(condition).map_err(at)? => Declared::LeftOut { condition },
                _ => {
                    existing.push(Declaration { id, kind, node });
                    Declared::Of { kind }
                }
            };
            scope.resources.insert(id, declared);
        }
        Ok(Self { scope, existing })
    }

    /// Those of a type, in the order of the template.
    pub(super) fn of_type(&self, kind: &str) -> impl Iterator<Item = Resource<'_>> {
        self.existing
            .iter()
            .filter(move |declaration| declaration.kind == kind)
            .map(|declaration| self.resource(declaration))
    }

    /// The only one of a type.
    pub(super) fn only(&self, kind: &'static str) -> Result<Resource<'_>, TemplateFault> {
        let mut all = self.of_type(kind);
        let first = all.next().ok_or_else(|| Fault::None(kind).at("Resources"))?;
        match all.next() {
            None => Ok(first),
            Some(second) => Err(Fault::Several(kind).at(second.id)),
        }
    }

    /// Refuses a template that has a resource of these types.
    pub(super) fn refuse(&self, kinds: &[&str]) -> Result<(), TemplateFault> {
        match self.existing.iter().find(|declaration| kinds.contains(&declaration.kind)) {
            None => Ok(()),
            Some(Declaration { id, kind, .. }) => Err(Fault::NotEmulated((*kind).to_owned()).at(format!("{id}.Type"))),
        }
    }

    /// The value of every parameter.
    pub(super) const fn parameters(&self) -> &BTreeMap<String, Value> {
        &self.scope.parameters
    }

    /// The ARN of a resource.
    pub(super) fn arn(&self, id: &str, kind: &str) -> String {
        names::arn(self.scope.stack, id, kind)
    }

    /// The name of a resource that has one.
    pub(super) fn name(&self, id: &str) -> String {
        names::physical(self.scope.stack, id)
    }

    fn resource(&self, declaration: &Declaration<'t>) -> Resource<'_> {
        let properties = match declaration.node.get("Properties") {
            Some(properties) => Cow::Borrowed(properties),
            None => Cow::Owned(Node::Map(Vec::new())),
        };
        Resource { id: declaration.id, scope: &self.scope, node: declaration.node, properties }
    }
}

impl Resource<'_> {
    /// A property, evaluated.
    pub(super) fn property(&self, name: &str) -> Result<Property, TemplateFault> {
        let at = |fault: Fault| fault.at(format!("{}.Properties", self.id));
        self.properties.entries().ok_or_else(|| at(Fault::expected("a map")))?;
        self.evaluated(name, self.properties.get(name))
    }

    /// A value below the resource itself, evaluated: `Metadata`, `BuildProperties`, `Binary`.
    pub(super) fn metadata(&self, path: &[&str]) -> Result<Property, TemplateFault> {
        let node = path.iter().try_fold(self.node, |node, name| node.get(name));
        self.evaluated(&path.join("."), node)
    }

    /// A property as it is written.
    pub(super) fn written(&self, name: &str) -> Option<&Node> {
        self.properties.get(name)
    }

    /// Refuses properties that would change what the gateway does, and that it does not have.
    pub(super) fn refuse(&self, names: &[&str]) -> Result<(), TemplateFault> {
        match names.iter().find(|name| self.properties.get(name).is_some()) {
            None => Ok(()),
            Some(name) => Err(Fault::NotEmulated((*name).to_owned()).at(format!("{}.{name}", self.id))),
        }
    }

    /// The same resource with other properties.
    pub(super) fn map_properties(self, map: impl FnOnce(&Node) -> Node) -> Self {
        Self { properties: Cow::Owned(map(&self.properties)), ..self }
    }

    fn evaluated(&self, name: &str, node: Option<&Node>) -> Result<Property, TemplateFault> {
        let place = format!("{}.{name}", self.id);
        let value = node.map(|node| self.scope.resolve_at(node, &place)).transpose()?;
        Ok(Property { place, value: value.flatten() })
    }
}

fn literal<'n>(node: &'n Node, name: &str) -> Result<Option<&'n str>, Fault> {
    match node.get(name) {
        None => Ok(None),
        Some(node) => node.text().map(Some).ok_or_else(|| Fault::expected("text")),
    }
}
