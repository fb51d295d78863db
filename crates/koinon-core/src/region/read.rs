//! Reading and writing the region file.

use serde_json::Value;

use super::{Fault, Region, Severity};

/// The largest file, in bytes.
pub const FILE_BYTES_MAX: usize = 4 << 20;

impl Region {
    /// Reads a region file and reports every fault at once, in the order of lines.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        if text.len() > FILE_BYTES_MAX {
            return Err(vec![Fault {
                line: None,
                path: String::new(),
                severity: Severity::Error,
                found: format!("the file has {} bytes", text.len()),
                remedy: format!("a region file has at most {FILE_BYTES_MAX} bytes"),
            }]);
        }
        let mut region: Self = toml::from_str(text).map_err(|e| {
            vec![Fault {
                line: e.span().map(|s| text.get(..s.start).map_or(1, |t| t.matches('\n').count() + 1)),
                path: String::new(),
                severity: Severity::Error,
                found: e.message().to_owned(),
                remedy: "see docs/handbook/region-file.md".into(),
            }]
        })?;
        region.reindex();
        Ok(region)
    }

    /// The region as a file that [`Region::parse`] reads back to an equal region.
    pub fn to_toml(&self) -> String {
        // Every type here has a TOML form, which the tests walk through.
        toml::to_string(self).unwrap_or_default()
    }

    /// The JSON Schema of the region file, for editors and other programs.
    pub fn json_schema() -> String {
        let schema = schemars::schema_for!(Self);
        serde_json::to_string_pretty(&schema).unwrap_or_default()
    }
}

/// Bytes that depend on the content only: keys sorted, lengths written, no floats.
pub(super) fn canonical(region: &Region) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&serde_json::to_value(region).unwrap_or(Value::Null), &mut bytes);
    bytes
}

fn write(value: &Value, bytes: &mut Vec<u8>) {
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
            list.iter().for_each(|entry| write(entry, bytes));
        }
        Value::Object(map) => {
            text(b'm', &map.len().to_string());
            let sorted: std::collections::BTreeMap<_, _> = map.iter().collect();
            for (key, entry) in sorted {
                write(&Value::String(key.clone()), bytes);
                write(entry, bytes);
            }
        }
    }
}
