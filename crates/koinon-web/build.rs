//! Prepares what the binary carries: every asset compressed once and named by its content, and the list of
//! language files. Refuses nothing and reads only this crate's own folders.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Browser name, media type and source of each asset; several sources are joined in order.
const ASSETS: &[(&str, &str, &[&str])] = &[
    ("koinon.css", "text/css; charset=utf-8", &["assets/koinon.css"]),
    (
        "koinon.js",
        "text/javascript; charset=utf-8",
        &["assets/vendor/htmx-2.0.11.min.js", "assets/vendor/htmx-ext-sse-2.2.4.min.js", "assets/koinon.js"],
    ),
    ("queue.js", "text/javascript; charset=utf-8", &["assets/queue.js"]),
    ("worker.js", "text/javascript; charset=utf-8", &["assets/worker.js"]),
    ("favicon.svg", "image/svg+xml", &["assets/favicon.svg"]),
    ("koinon.webmanifest", "application/manifest+json", &["assets/koinon.webmanifest"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=i18n");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    fs::write(out.join("assets.rs"), assets(&root, &out)?)?;
    fs::write(out.join("languages.rs"), languages(&root)?)?;
    Ok(())
}

/// Writes each asset plain and as brotli, and returns the table `FILES` as Rust source.
fn assets(root: &Path, out: &Path) -> Result<String, Box<dyn Error>> {
    let mut table = String::from("static FILES: &[Asset] = &[\n");
    for (name, media_type, sources) in ASSETS {
        let mut plain = Vec::new();
        for source in *sources {
            let bytes = fs::read(root.join(source))?;
            // Notes on lines of their own are for readers of the source; they would travel to every phone.
            let own_script = media_type.starts_with("text/javascript") && !source.contains("/vendor/");
            let lines = bytes.split(|byte| *byte == b'\n');
            for line in lines.filter(|line| !(own_script && line.trim_ascii_start().starts_with(b"//"))) {
                plain.extend(line);
                plain.push(b'\n');
            }
        }
        if media_type.starts_with("text/css") {
            plain.extend(koinon_chart::STYLE.as_bytes());
        }
        let hash = blake3::hash(&plain).to_hex();
        let hash: String = hash.chars().take(16).collect();
        let mut packed = Vec::new();
        {
            let mut writer = brotli::CompressorWriter::new(&mut packed, 16_384, 11, 22);
            writer.write_all(&plain)?;
        }
        fs::write(out.join(name), &plain)?;
        fs::write(out.join(format!("{name}.br")), &packed)?;
        writeln!(
            table,
            "Asset {{ name: {name:?}, media_type: {media_type:?}, hash: {hash:?}, \
             plain: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")), \
             brotli: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.br\")) }},",
        )?;
    }
    table.push_str("];\n");
    Ok(table)
}

/// Lists `i18n/<language>/*.ftl`, sorted, as Rust source: one constant per language.
fn languages(root: &Path) -> Result<String, Box<dyn Error>> {
    let mut table = String::new();
    for language in ["en", "es", "ar"] {
        let mut files = Vec::new();
        for entry in fs::read_dir(root.join("i18n").join(language))? {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "ftl") {
                files.push(path);
            }
        }
        files.sort();
        writeln!(table, "const {}: &[(&str, &str)] = &[", language.to_uppercase())?;
        for path in files {
            let name = format!("{language}/{}", path.file_name().unwrap_or_default().to_string_lossy());
            writeln!(
                table,
                "({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/i18n/{name}\"))),"
            )?;
        }
        table.push_str("];\n");
    }
    Ok(table)
}
