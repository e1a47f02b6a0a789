//! CLIXML of `Export-Clixml` → rows. The one door to roxmltree, together with `event_xml`.
//!
//! Every `<Obj>` with properties is a row, wherever it is nested; objects that come again by `<Ref>` are looked up.

use roxmltree::{Document, Node, ParsingOptions};

use crate::collections::map::HashMap;
use crate::evidence::table::{Row, Value};
use crate::evidence::text_lines::Lines;

/// The most nodes of one document: a bound for memory, far above what real files have.
pub(crate) const MOST_NODES: u32 = 4_000_000;

/// Whether the text begins like CLIXML.
pub(crate) fn is_clixml(text: &str) -> bool {
    let beginning = text.trim_start();
    beginning.starts_with('<') && beginning.lines().take(5).any(|line| line.contains("<Objs"))
}

/// The rows, or where and why the document cannot be read.
pub(crate) fn rows(text: &str) -> Result<Vec<Row>, (u64, String)> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| (u64::from(error.pos().row), format!("no CLIXML: {}", words(&error))))?;
    let mut references = References::default();
    let mut rows = Vec::new();
    let mut lines = Lines::new(text);
    for node in document.descendants().filter(Node::is_element) {
        match node.tag_name().name() {
            "Obj" => references.objects.extend(node.attribute("RefId").map(|id| (id, node))),
            "TN" => references.types.extend(node.attribute("RefId").map(|id| (id, node))),
            _ => {}
        }
    }
    for node in document.descendants().filter(|node| node.has_tag_name_anywhere("Obj")) {
        let mut row = Row::new(lines.at(node.range().start), &references.type_of(node));
        let groups = node.children().filter(|child| matches!(child.tag_name().name(), "Props" | "MS"));
        for property in groups.flat_map(|group| group.children()).filter(Node::is_element) {
            if let Some(name) = property.attribute("N") {
                row.push(&unescaped(name), references.value(property));
            }
        }
        if !row.is_empty() {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// The words of an XML error without its place, which the location has.
pub(crate) fn words(error: &roxmltree::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at ").map_or(text.clone(), |(words, _)| words.to_owned())
}

/// Tests of names without regard to name spaces.
pub(crate) trait LocalName {
    /// Whether this is an element with the local name.
    fn has_tag_name_anywhere(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_anywhere(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

#[derive(Default)]
struct References<'a, 'input> {
    objects: HashMap<&'a str, Node<'a, 'input>>,
    types: HashMap<&'a str, Node<'a, 'input>>,
}

impl<'a, 'input> References<'a, 'input> {
    /// The first .NET type of an object, its own or by `TNRef`.
    fn type_of(&self, node: Node<'_, '_>) -> String {
        let first = |types: Node<'_, '_>| {
            types.children().find(|child| child.has_tag_name_anywhere("T")).and_then(|t| t.text().map(str::to_owned))
        };
        let own = node.children().find_map(|child| match child.tag_name().name() {
            "TN" => first(child),
            "TNRef" => child.attribute("RefId").and_then(|id| self.types.get(id)).and_then(|types| first(*types)),
            _ => None,
        });
        own.unwrap_or_default()
    }

    fn value(&self, node: Node<'_, '_>) -> Value {
        let items = self.items(node);
        match items.is_empty() {
            true => Value::Text(self.text(node)),
            false => Value::List(items),
        }
    }

    /// What the list of an object holds. One step of reference only, so that circles end.
    fn items(&self, node: Node<'_, '_>) -> Vec<String> {
        let is_list = |child: &Node<'_, '_>| matches!(child.tag_name().name(), "LST" | "IE" | "STK" | "QUE");
        let object = self.referred(node);
        let list = object.map_or_else(|| node.children().find(is_list), |object| object.children().find(is_list));
        let items = list.into_iter().flat_map(|list| list.children()).filter(Node::is_element);
        items.map(|item| self.text(item)).filter(|item| !item.is_empty()).collect()
    }

    fn referred(&self, node: Node<'_, '_>) -> Option<Node<'a, 'input>> {
        if node.tag_name().name() != "Ref" {
            return None;
        }
        self.objects.get(node.attribute("RefId")?).copied()
    }

    fn text(&self, node: Node<'_, '_>) -> String {
        match (self.referred(node), node.tag_name().name()) {
            (Some(object), _) => object_text(object),
            (None, "Obj") => object_text(node),
            (None, "Nil") => String::new(),
            (None, _) => unescaped(node.text().unwrap_or_default()).trim().to_owned(),
        }
    }
}

/// What an object prints: its `ToString`, its number (an enumeration), or a property that names it.
fn object_text(node: Node<'_, '_>) -> String {
    let of = |names: &[&str]| {
        let found = node.children().find(|child| names.contains(&child.tag_name().name()));
        found.and_then(|child| child.text()).map(|text| unescaped(text).trim().to_owned())
    };
    let named = || {
        let groups = node.children().filter(|child| matches!(child.tag_name().name(), "Props" | "MS"));
        groups.flat_map(|group| group.children()).find(|child| {
            child.is_element() && child.attribute("N").is_some_and(|name| matches!(name, "Value" | "Name" | "Address" | "Domain"))
        })
    };
    of(&["ToString"])
        .or_else(|| of(&["S", "I32", "U32", "I64", "U64", "By", "DT"]))
        .or_else(|| named().and_then(|child| child.text()).map(|text| unescaped(text).trim().to_owned()))
        .unwrap_or_default()
}

/// `_x000D_` → the character: CLIXML writes so what XML cannot hold, in halves where it takes two.
fn unescaped(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let code = rest.strip_prefix("_x").and_then(|after| after.get(..5)).filter(|code| code.ends_with('_'));
        match code.and_then(|code| u16::from_str_radix(code.trim_end_matches('_'), 16).ok()) {
            Some(unit) => {
                units.push(unit);
                rest = rest.get(7..).unwrap_or_default();
            }
            None => {
                units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(inside: &str) -> String {
        format!("\u{feff}<?xml version=\"1.0\"?>\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n{inside}</Objs>")
            .trim_start_matches('\u{feff}')
            .to_owned()
    }

    #[test]
    fn values_of_every_form_are_read() {
        let text = wrapped(
            r#"<Obj RefId="0"><TN RefId="0"><T>Deserialized.Imap4AdConfiguration</T></TN><ToString>x</ToString><Props>
<S N="X509CertificateName">mail_x005F_a_x000D__x000A_b</S><Obj N="LoginType" RefId="1"><TN RefId="1"><T>E</T></TN><ToString>SecureLogin</ToString><I32>3</I32></Obj>
<Obj N="SSLBindings" RefId="2"><TN RefId="2"><T>L</T></TN><LST><S>:::993</S><S>0.0.0.0:993</S></LST></Obj><Nil N="Empty" /></Props>
<MS><S N="PSComputerName">ex1</S></MS></Obj>
<Obj RefId="3"><TNRef RefId="0" /><Props><Ref N="LoginType" RefId="1" /><Ref N="SSLBindings" RefId="2" /><DT N="NotAfter">2026-04-25T10:00:00+02:00</DT></Props></Obj>
<Obj RefId="4"><Props><Ref N="Itself" RefId="4" /></Props></Obj>"#,
        );
        let rows = rows(&text).unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[0].line, rows[0].hint.as_str()), (3, "Deserialized.Imap4AdConfiguration"));
        assert_eq!(rows[0].text("X509CertificateName"), Some("mail_a\r\nb"));
        assert_eq!((rows[0].text("PSComputerName"), rows[0].text("Empty")), (Some("ex1"), None));
        for row in &rows[..2] {
            assert_eq!((row.hint.as_str(), row.text("LoginType")), ("Deserialized.Imap4AdConfiguration", Some("SecureLogin")));
            assert_eq!(row.list("SSLBindings").0, [":::993", "0.0.0.0:993"]);
        }
        assert_eq!(rows[1].date("NotAfter").unwrap().moment(), Some(1_777_104_000_000));
    }

    #[test]
    fn damage_is_said_with_its_line_and_depth_does_no_harm() {
        assert_eq!(rows("<Objs>\n<Obj></Objs>").unwrap_err().0, 2);
        let _ = rows(&format!("<Objs>{}", "<Obj>".repeat(200_000)));
        let nested = format!("<Objs>{}{}</Objs>", "<Obj>".repeat(100_000), "</Obj>".repeat(100_000));
        let _ = rows(&nested);
        assert!(rows("<!DOCTYPE a [<!ENTITY b 'c'>]><Objs>&b;</Objs>").is_err());
    }

    #[test]
    fn escapes_of_two_halves_make_one_character() {
        assert_eq!(unescaped("a_xD83D__xDE00_b_x12_é_xZZZZ_"), "a😀b_x12_é_xZZZZ_");
    }
}
