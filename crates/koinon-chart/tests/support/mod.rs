//! A small reader of XML that accepts only what the charts write, so that a test can say what is wrong.

/// Holds one element as it was met: its name, classes, attributes and the text directly inside.
#[derive(Debug, Default, Clone)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Element {
    /// Finds an attribute.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// Reads a document, or says where it is not well-formed.
pub(crate) fn read(mut rest: &str) -> Result<Vec<Element>, String> {
    let (mut elements, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    loop {
        let Some(start) = rest.find('<') else {
            text_is_sound(rest)?;
            return if open.is_empty() { Ok(elements) } else { Err("an element stays open".into()) };
        };
        text_is_sound(&rest[..start])?;
        if let Some(inner) = open.last() {
            elements[*inner].text.push_str(&rest[..start]);
        }
        let end = rest[start..].find('>').ok_or("a tag without an end")? + start;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop().ok_or_else(|| format!("</{name}> closes nothing"))?;
            if elements[last].name != name {
                return Err(format!("</{name}> closes <{}>", elements[last].name));
            }
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let element = opening(tag)?;
        if elements.is_empty() != open.is_empty() {
            return Err("more than one root".into());
        }
        if !closed {
            open.push(elements.len());
        }
        elements.push(element);
    }
}

fn opening(tag: &str) -> Result<Element, String> {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(format!("a tag of no name: <{tag}>"));
    }
    let mut element = Element { name: name.into(), ..Element::default() };
    rest = rest.trim();
    while !rest.is_empty() {
        let (key, after) =
            rest.split_once("=\"").ok_or_else(|| format!("an attribute without value: {rest}"))?;
        let (value, after) = after.split_once('"').ok_or_else(|| format!("a value without end: {rest}"))?;
        text_is_sound(value)?;
        if element.get(key).is_some() {
            return Err(format!("attribute {key} twice in <{tag}>"));
        }
        element.attributes.push((key.into(), value.into()));
        rest = after.trim_start();
    }
    Ok(element)
}

/// Refuses bare ampersands and characters that XML 1.0 forbids.
fn text_is_sound(text: &str) -> Result<(), String> {
    for part in text.split('&').skip(1) {
        if !["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|entity| part.starts_with(entity)) {
            return Err(format!("a bare ampersand: &{part}"));
        }
    }
    match text.chars().find(|c| matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' | '>')) {
        Some(c) => Err(format!("a forbidden character: {c:?}")),
        None => Ok(()),
    }
}

/// Checks all that holds for every picture, whatever the data; returns its elements.
pub(crate) fn check_picture(svg: &str) -> Vec<Element> {
    let elements = read(svg).unwrap_or_else(|fault| panic!("{fault}\n{svg}"));
    let root = &elements[0];
    assert_eq!(root.name, "svg");
    assert!(matches!(root.get("role"), Some("img" | "group")), "no role: {root:?}");
    assert!(root.get("aria-label").is_some());
    assert_eq!(elements[1].name, "title");
    assert_eq!(elements[2].name, "desc");
    for element in &elements {
        for (key, value) in &element.attributes {
            assert!(
                !matches!(key.as_str(), "style" | "fill" | "stroke" | "id" | "onclick"),
                "{key} in {element:?}"
            );
            if key == "class" {
                assert!(
                    value.split(' ').all(|class| class == "kc" || class.starts_with("kc-")),
                    "{element:?}"
                );
            }
            let numeric =
                ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "width", "height", "d", "viewBox"];
            if numeric.contains(&key.as_str()) {
                numbers_are_sound(value, element);
            }
        }
    }
    elements
}

/// Checks that each number is finite, short and near the picture.
fn numbers_are_sound(value: &str, element: &Element) {
    let marks = |c: char| c.is_whitespace() || c == ',' || "MLQCZ".contains(c);
    for word in value.split(marks).filter(|word| !word.is_empty()) {
        let number: f64 = word.parse().unwrap_or_else(|_| panic!("{word:?} in {element:?}"));
        assert!(number.is_finite() && number.abs() < 20_000.0, "{word} in {element:?}");
        assert!(
            word.split_once('.').is_none_or(|(_, decimals)| decimals.len() <= 2),
            "{word} in {element:?}"
        );
    }
}
