//! Reading and writing the region file.
//!
//! A file is read entry by entry: where an entry cannot be read, each of its faults is named, and reading goes on with
//! the next, so that one look at the report is enough. Size, depth and numbers of entries are bounded before anything
//! is built.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};

use super::check::{self, Check};
use super::fault::Faults;
use super::{FORMAT, Fault, Region};

/// The largest file, in bytes.
pub const FILE_BYTES_MAX: usize = 4 << 20;

/// The lists of a region file and the most entries of each.
pub(super) const LISTS: [(&str, usize); 5] =
    [("communities", 10_000), ("hubs", 10_000), ("stores", 50_000), ("corridors", 50_000), ("items", 20_000)];

/// The most opening brackets and braces of a file: each becomes a table or list, which takes far more room in memory
/// than in the file.
const BRACKETS_MAX: usize = 100_000;

/// How many faults of one entry are looked for before reading goes on with the next.
const FAULTS_PER_ENTRY: usize = 20;

/// How much text after the first slip of syntax is searched for more, in bytes.
const SLIP_BYTES: usize = 16 << 10;

type Node<'i> = Spanned<DeValue<'i>>;

impl Region {
    /// Reads a region file; on an error, reports every fault at once, warnings included, in the order of lines.
    ///
    /// Warnings alone do not fail: see [`Region::examine`] or [`Region::check`] for them.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        match Self::examine(text) {
            (Some(region), _) => Ok(region),
            (None, faults) => Err(faults),
        }
    }

    /// Reads a region file and gives every fault with its line; there is a region unless one of them is an error.
    pub fn examine(text: &str) -> (Option<Self>, Vec<Fault>) {
        let mut faults = Faults::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > FILE_BYTES_MAX {
            let found = format!("the file has {} bytes", text.len());
            faults.error(
                "",
                found,
                format!("a region file has at most {FILE_BYTES_MAX} bytes; leave out lists of cells"),
            );
            return (None, faults.finish(|_| None));
        }
        let brackets = text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
        if brackets > BRACKETS_MAX {
            let found = format!("the file opens {brackets} brackets and braces");
            faults.error(
                "",
                found,
                format!("a region file opens at most {BRACKETS_MAX}; leave out lists of cells"),
            );
            return (None, faults.finish(|_| None));
        }
        let lines = Lines::of(text);
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(first) => return (None, syntax_faults(text, &first, &lines)),
        };
        let span = table.span();
        let root = Spanned::new(span, DeValue::Table(table.into_inner()));
        let region = read_region(&root, &mut faults);
        let found = faults.finish(|path| line_of(&root, path).map(|at| lines.line(at)));
        (region, found)
    }

    /// The region as a file that [`Region::parse`] reads back to an equal region: the agreed numbers first, then one
    /// entry after the other, each field on a line.
    pub fn to_toml(&self) -> String {
        // Every type of a region has a TOML form, which the tests walk through.
        let Ok(mut head) = toml::Table::try_from(self) else { return String::new() };
        let lists = LISTS.map(|(name, _)| (name, head.remove(name)));
        if self.communities.is_empty() {
            head.insert("communities".to_owned(), toml::Value::Array(Vec::new()));
        }
        let mut text = toml::to_string(&head).unwrap_or_default();
        for (name, list) in lists {
            for entry in list.as_ref().and_then(toml::Value::as_array).into_iter().flatten() {
                text.extend(["\n[[", name, "]]\n"]);
                let fields = entry.as_table().into_iter().flatten();
                let mut fields: Vec<_> = fields.map(|(key, value)| (rank(key), key, value)).collect();
                fields.sort_by_key(|(rank, key, _)| (*rank, *key));
                for (_, key, value) in fields {
                    text.extend([key, " = ", &value.to_string(), "\n"]);
                }
            }
        }
        text
    }

    /// The JSON Schema of the region file, for editors and other programs.
    pub fn json_schema() -> String {
        serde_json::to_string_pretty(&schemars::schema_for!(Self)).unwrap_or_default()
    }
}

fn read_region(root: &Node<'_>, faults: &mut Faults) -> Option<Region> {
    let table = root.get_ref().as_table()?;
    if let Some(format) = table.get("format")
        && let Some(number) = format.get_ref().as_integer()
        && number.as_str() != FORMAT.to_string()
    {
        let found = format!("format {} is not known here", number.as_str());
        faults.error("format", found, format!("this version reads format {FORMAT}; use a newer koinon"));
        return None;
    }
    let head = read_head(root, faults);
    let (communities, hubs) = (read_list(root, "communities", faults), read_list(root, "hubs", faults));
    let (stores, corridors) = (read_list(root, "stores", faults), read_list(root, "corridors", faults));
    let items = read_list(root, "items", faults);
    let mut region = head?;
    region.communities = communities?;
    region.hubs = hubs?;
    region.stores = stores?;
    region.corridors = corridors?;
    region.items = items?;
    region.reindex();
    check::whole(&region, faults);
    (!faults.has_error()).then_some(region)
}

/// Reads and checks everything but the lists.
fn read_head(root: &Node<'_>, faults: &mut Faults) -> Option<Region> {
    let mut head = DeTable::new();
    for (key, part) in root.get_ref().as_table().into_iter().flatten() {
        let is_list = LISTS.iter().any(|(name, _)| *name == key.get_ref());
        let list = || Spanned::new(part.span(), DeValue::Array(DeArray::new()));
        head.insert(key.clone(), if is_list { list() } else { part.clone() });
    }
    let head = Spanned::new(root.span(), DeValue::Table(head));
    let head = read_entry::<Region>(&head, "", faults)?;
    check::head(&head.value, faults);
    head.sound.then_some(head.value)
}

/// Reads one list; `None` where an entry could not be read.
fn read_list<T: DeserializeOwned + schemars::JsonSchema + Check>(
    root: &Node<'_>,
    name: &str,
    faults: &mut Faults,
) -> Option<Vec<T>> {
    let Some(node) = root.get_ref().as_table().and_then(|table| table.get(name)) else {
        // A list that must not be missing is named by the head.
        return Some(Vec::new());
    };
    let Some(entries) = node.get_ref().as_array() else {
        let found = format!("this is a {}, not a list", node.get_ref().type_str());
        faults.error(name, found, format!("write each entry under a line [[{name}]]"));
        return None;
    };
    let most = LISTS.iter().find(|(list, _)| *list == name).map_or(usize::MAX, |(_, most)| *most);
    if entries.len() > most {
        faults.error(
            name,
            format!("there are {} entries", entries.len()),
            format!("at most {most} are allowed"),
        );
        return None;
    }
    let mut read = Vec::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        if faults.is_full() {
            return None;
        }
        let path = format!("{name}[{at}]");
        if let Some(entry) = read_entry::<T>(entry, &path, faults) {
            entry.value.check(&path, faults);
            read.extend(entry.sound.then_some(entry.value));
        }
    }
    (read.len() == entries.len()).then_some(read)
}

/// What could be read of an entry.
struct Read<T> {
    value: T,
    /// Whether nothing had to be taken out.
    sound: bool,
}

/// Reads one entry; on a fault, names it, takes the faulty part out and tries again, to find the next.
fn read_entry<T: DeserializeOwned + schemars::JsonSchema>(
    entry: &Node<'_>,
    path: &str,
    faults: &mut Faults,
) -> Option<Read<T>> {
    let mut rest = entry.clone();
    let mut sound = true;
    for _ in 0..FAULTS_PER_ENTRY {
        let complaint = match T::deserialize(ValueDeserializer::from(rest.clone())) {
            Ok(value) => return Some(Read { value, sound }),
            Err(complaint) => complaint,
        };
        sound = false;
        let (found, remedy) = explain(complaint.message());
        let missing = complaint.message().strip_prefix("missing field ").map(|field| field.trim_matches('`'));
        let span = complaint.span().unwrap_or_else(|| entry.span());
        if span == entry.span() {
            if missing.is_none() {
                faults.error(path, found, remedy);
            }
            for field in missing_fields::<T>(entry) {
                faults.error(path, format!("`{field}` is missing"), format!("add a line {field} = …"));
            }
            return None;
        }
        let mut steps = path.to_owned();
        let part = locate(entry, &span, &mut steps);
        // A field that this loop took out is not missing in the file.
        let taken_out =
            missing.is_some_and(|field| part.and_then(|part| part.get_ref().get(field)).is_some());
        if !taken_out {
            faults.error(steps, found, remedy);
        }
        if !remove(&mut rest, &span) {
            return None;
        }
    }
    None
}

/// The fields that an entry must have and has not.
fn missing_fields<T: schemars::JsonSchema>(entry: &Node<'_>) -> Vec<String> {
    let schema = schemars::schema_for!(T);
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let present = |field: &str| entry.get_ref().as_table().is_some_and(|table| table.contains_key(field));
    required.iter().filter_map(Value::as_str).filter(|field| !present(field)).map(str::to_owned).collect()
}

/// Finds the part with this span, or under a key with this span, and appends the steps to it; leaves the path alone
/// where no part has it.
fn locate<'n, 'i>(node: &'n Node<'i>, span: &Range<usize>, path: &mut String) -> Option<&'n Node<'i>> {
    if node.span() == *span {
        return Some(node);
    }
    let before = path.len();
    match node.get_ref() {
        DeValue::Table(table) => table.iter().find_map(|(key, part)| {
            path.extend([if path.is_empty() { "" } else { "." }, key.get_ref()]);
            let found = if key.span() == *span { Some(part) } else { locate(part, span, path) };
            if found.is_none() {
                path.truncate(before);
            }
            found
        }),
        DeValue::Array(list) => list.iter().enumerate().find_map(|(at, part)| {
            path.extend(["[", &at.to_string(), "]"]);
            let found = locate(part, span, path);
            if found.is_none() {
                path.truncate(before);
            }
            found
        }),
        _ => None,
    }
}

/// Takes the part with this span, or under a key with this span, out of a tree.
fn remove(node: &mut Node<'_>, span: &Range<usize>) -> bool {
    match node.get_mut() {
        DeValue::Table(table) => {
            let is_it = |key: &Spanned<_>, part: &Node<'_>| key.span() == *span || part.span() == *span;
            let key =
                table.iter().find(|(key, part)| is_it(key, part)).map(|(key, _)| key.get_ref().to_string());
            match key {
                Some(key) => table.remove(key.as_str()).is_some(),
                None => table.iter_mut().any(|(_, part)| remove(part, span)),
            }
        }
        DeValue::Array(list) => {
            if list.iter().any(|part| part.span() == *span) {
                *list = list.iter().filter(|part| part.span() != *span).cloned().collect();
                return true;
            }
            list.iter_mut().any(|part| remove(part, span))
        }
        _ => false,
    }
}

/// Turns a reader's complaint into what was found and how to mend it, in plain words.
fn explain(message: &str) -> (String, String) {
    let named =
        |text: &str| -> Vec<String> { text.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let mut names = named(rest).into_iter();
        let field = names.next().unwrap_or_default();
        return (format!("`{field}` is no field here"), suggest(&field, &names.collect::<Vec<_>>()));
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let mut names = named(rest).into_iter();
        let word = names.next().unwrap_or_default();
        return (format!("`{word}` is not one of the choices"), suggest(&word, &names.collect::<Vec<_>>()));
    }
    if let Some(rest) = message.strip_prefix("missing field ") {
        let field = rest.trim_matches('`');
        return (format!("`{field}` is missing"), format!("add {field} = …"));
    }
    if let Some((found, expected)) = message.split_once(", expected ") {
        let expected = match expected {
            "i64" | "i32" => "a whole number",
            "u32" | "u64" | "u16" | "u8" | "usize" => "a whole number, 0 or more",
            "a string" => "text in quotes",
            "a boolean" => "true or false",
            "a sequence" => "a list in square brackets",
            other if other.starts_with("struct ") => "a table",
            other => other,
        };
        let found =
            found.strip_prefix("invalid type: ").or(found.strip_prefix("invalid value: ")).unwrap_or(found);
        return (format!("found {found}"), format!("write {expected}"));
    }
    match message.split_once("; ") {
        Some((found, remedy)) => (found.to_owned(), remedy.to_owned()),
        None => (message.to_owned(), "see the handbook's page on the region file".to_owned()),
    }
}

/// Names the nearest word, where one is near, else all of them.
fn suggest(word: &str, choices: &[String]) -> String {
    let nearest = choices.iter().map(|choice| (edits(word, choice), choice)).min();
    match nearest {
        Some((edits, choice)) if edits <= 2 => format!("did you mean `{choice}`?"),
        _ => format!("use one of {}", choices.join(", ")),
    }
}

/// The number of letters to add, drop or change between two short words (Levenshtein distance).
fn edits(one: &str, other: &str) -> usize {
    const LONGEST: usize = 40;
    let other: Vec<char> = other.chars().take(LONGEST).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().take(LONGEST).enumerate() {
        let mut next = vec![at + 1];
        for ((above_left, above), there) in row.iter().zip(row.iter().skip(1)).zip(&other) {
            let left = next.last().copied().unwrap_or(0);
            next.push((above_left + usize::from(letter != *there)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// Names the first slip of syntax on each line, from the first one on.
fn syntax_faults(text: &str, first: &toml::de::Error, lines: &Lines) -> Vec<Fault> {
    let start_of = |complaint: &toml::de::Error| complaint.span().map_or(0, |span| span.start);
    let search = text.floor_char_boundary(start_of(first).saturating_add(SLIP_BYTES));
    let searched = text.get(..search).unwrap_or(text);
    let mut by_line = BTreeMap::from([(lines.line(start_of(first)), first.message().to_owned())]);
    for complaint in DeTable::parse_recoverable(searched).1 {
        // What the end of the searched text cuts apart is no slip.
        let is_cut = searched.len() < text.len() && start_of(&complaint) + 1 >= searched.len();
        if !is_cut {
            by_line.entry(lines.line(start_of(&complaint))).or_insert_with(|| complaint.message().to_owned());
        }
    }
    let mut faults = Faults::default();
    for (line, message) in &by_line {
        // The path carries the line until `finish` turns it into one.
        faults.error(line.to_string(), message, "mend the TOML on this line, see https://toml.io");
    }
    let mut list = faults.finish(|path| path.parse().ok());
    for fault in &mut list {
        fault.path.clear();
    }
    list
}

/// The byte at which the deepest part of a path that exists begins.
fn line_of(root: &Node<'_>, path: &str) -> Option<usize> {
    if path.is_empty() {
        return None;
    }
    let (mut node, mut at) = (root, None);
    for step in path.split(['.', '[']) {
        let next = match (node.get_ref(), step.strip_suffix(']')) {
            (DeValue::Array(list), Some(index)) => {
                index.parse().ok().and_then(|index: usize| list.get(index))
            }
            (DeValue::Table(table), None) => table.get(step),
            _ => None,
        };
        let Some(next) = next else { break };
        node = next;
        at = Some(node.span().start);
    }
    at
}

/// Where each line of a text begins.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line, from 1, of a byte.
    fn line(&self, at: usize) -> usize {
        self.0.partition_point(|end| *end < at) + 1
    }
}

/// Where a field stands in a written entry: what a person looks for first comes first, the rest by the alphabet.
fn rank(field: &str) -> usize {
    const FIRST: [&str; 9] = ["code", "name", "names", "place", "group", "dimension", "unit", "from", "to"];
    FIRST.iter().position(|first| *first == field).unwrap_or(FIRST.len())
}

/// Bytes that depend on the content only: keys sorted, lengths written, no floats.
pub(super) fn canonical(region: &Region) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_canonical(&serde_json::to_value(region).unwrap_or(Value::Null), &mut bytes);
    bytes
}

fn write_canonical(value: &Value, bytes: &mut Vec<u8>) {
    let mut text = |tag: u8, text: &str| {
        bytes.push(tag);
        bytes.extend(text.len().to_string().bytes());
        bytes.push(b':');
        bytes.extend(text.bytes());
    };
    match value {
        Value::Null => text(b'n', ""),
        Value::Bool(yes) => text(b'b', if *yes { "1" } else { "0" }),
        Value::Number(number) => text(b'i', &number.to_string()),
        Value::String(string) => text(b's', string),
        Value::Array(list) => {
            text(b'l', &list.len().to_string());
            for entry in list {
                write_canonical(entry, bytes);
            }
        }
        Value::Object(map) => {
            text(b'm', &map.len().to_string());
            let sorted: BTreeMap<_, _> = map.iter().collect();
            for (key, entry) in sorted {
                write_canonical(&Value::String(key.clone()), bytes);
                write_canonical(entry, bytes);
            }
        }
    }
}
