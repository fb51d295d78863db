//! The languages of the pages: messages from Fluent files, chosen by a typed [`Lang`].
//!
//! Every `i18n/<language>/*.ftl` file is compiled in; a new file needs no list to be edited. Pages write
//! `t!(ui, "key")` or `t!(ui, "key", n = 3, place = name)`; the key must be a literal, because a test reads the source
//! and fails on a key that no file has, and on a message that no page uses. Numbers inside messages are written with the
//! language's own digits. Shapes of numbers and dates live in [`crate::format`].

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

mod files {
    include!(concat!(env!("OUT_DIR"), "/languages.rs"));
    /// Per language, the name and the text of each file.
    pub(super) const ALL: [&[(&str, &str)]; 3] = [EN, ES, AR];
}

/// A language that every page speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
    /// Arabic, from right to left, with Arabic-Indic digits throughout.
    Ar,
}

/// A value inside a message.
pub type Value<'a> = FluentValue<'a>;

/// Whatever knows in which language to speak: a [`Lang`] itself, or the request's [`Ui`](crate::ui::Ui).
pub trait Speak {
    /// The language.
    fn lang(&self) -> Lang;
}

impl Speak for Lang {
    fn lang(&self) -> Lang {
        *self
    }
}

impl<T: Speak + ?Sized> Speak for &T {
    fn lang(&self) -> Lang {
        (**self).lang()
    }
}

/// Gives a message in the reader's language: `t!(ui, "key")`, `t!(ui, "key", n = 3, place = name)`.
///
/// The key is a literal; `tests/languages.rs` checks that each language has it.
#[macro_export]
macro_rules! t {
    ($speaker:expr, $key:literal) => {
        $crate::i18n::Speak::lang(&$speaker).text($key, &[])
    };
    ($speaker:expr, $key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::Speak::lang(&$speaker)
            .text($key, &[$((stringify!($name), $crate::i18n::Value::from($value))),+])
    };
}

impl Lang {
    /// Every language, in the order of the language menu.
    pub const ALL: [Self; 3] = [Self::En, Self::Es, Self::Ar];

    /// The BCP 47 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::Ar => "ar",
        }
    }

    /// The language's own name for itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Es => "Español",
            Self::Ar => "العربية",
        }
    }

    /// The direction of its script, as HTML writes it.
    pub const fn dir(self) -> &'static str {
        if self.is_rtl() { "rtl" } else { "ltr" }
    }

    /// Whether its script runs from right to left.
    pub const fn is_rtl(self) -> bool {
        matches!(self, Self::Ar)
    }

    /// Finds a language by its code, with or without a region (`es-MX`).
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_']).next().unwrap_or("").trim();
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }

    /// Chooses by an `Accept-Language` header: the best weight wins, the first among equals.
    pub fn negotiate(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for part in header.split(',').take(20) {
            let (code, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let weight = weight.trim().parse::<f32>().unwrap_or(0.0);
            if let Some(lang) = Self::from_code(code)
                && weight > best.map_or(0.0, |(_, found)| found)
            {
                best = Some((lang, weight));
            }
        }
        best.map(|(lang, _)| lang)
    }

    /// The message for a key, with its values. Pages call it through [`t!`](crate::t).
    ///
    /// An unknown key gives the key itself; a test keeps that from happening.
    pub fn text(self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        let bundle = match self {
            Self::En => &BUNDLES.0,
            Self::Es => &BUNDLES.1,
            Self::Ar => &BUNDLES.2,
        };
        let Some(pattern) = bundle.0.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let args: FluentArgs<'_> =
            values.iter().map(|(name, value)| (Cow::from((*name).to_owned()), value.clone())).collect();
        let mut faults = Vec::new();
        bundle.0.format_pattern(pattern, Some(&args), &mut faults).into_owned()
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The messages of one language, and what was wrong with its files.
struct Messages(FluentBundle<FluentResource>, Vec<String>);

static BUNDLES: LazyLock<(Messages, Messages, Messages)> =
    LazyLock::new(|| (load(Lang::En), load(Lang::Es), load(Lang::Ar)));

fn load(lang: Lang) -> Messages {
    let id: LanguageIdentifier = lang.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Foreign names inside Arabic sentences are isolated, so that their letters do not reorder the sentence.
    bundle.set_use_isolating(lang.is_rtl());
    bundle.set_formatter(Some(match lang {
        Lang::En => |value: &FluentValue<'_>, _: &_| digits(Lang::En, value),
        Lang::Es => |value: &FluentValue<'_>, _: &_| digits(Lang::Es, value),
        Lang::Ar => |value: &FluentValue<'_>, _: &_| digits(Lang::Ar, value),
    }));
    let mut faults = Vec::new();
    for (name, text) in files_of(lang) {
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, errors)| {
            faults.extend(errors.iter().map(|error| format!("{name}: {error}")));
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            faults.extend(errors.iter().map(|error| format!("{name}: {error}")));
        }
    }
    Messages(bundle, faults)
}

fn digits(lang: Lang, value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(lang.decimal(&number.as_string())),
        _ => None,
    }
}

/// The name and the text of each of a language's files.
pub fn files_of(lang: Lang) -> &'static [(&'static str, &'static str)] {
    let [en, es, ar] = files::ALL;
    match lang {
        Lang::En => en,
        Lang::Es => es,
        Lang::Ar => ar,
    }
}

/// What is wrong with the language files: syntax errors and keys that stand twice. A test wants none.
pub fn faults() -> Vec<String> {
    [&BUNDLES.0, &BUNDLES.1, &BUNDLES.2].iter().flat_map(|messages| messages.1.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_know_plural_forms_and_digits() {
        let cases = [
            (Lang::En, 1, "1 hour ago"),
            (Lang::En, 3, "3 hours ago"),
            (Lang::Es, 1, "hace 1 hora"),
            (Lang::Es, 3, "hace 3 horas"),
            (Lang::Ar, 1, "منذ ساعة"),
            (Lang::Ar, 2, "منذ ساعتين"),
            (Lang::Ar, 3, "منذ \u{2068}٣\u{2069} ساعات"),
            (Lang::Ar, 30, "منذ \u{2068}٣٠\u{2069} ساعة"),
        ];
        for (lang, n, text) in cases {
            assert_eq!(t!(lang, "age-hours", n = n), text);
        }
        assert_eq!(Lang::En.text("no-such-key", &[]), "no-such-key");
    }

    #[test]
    fn the_reader_is_heard() {
        let cases = [
            ("es-MX,es;q=0.9,en;q=0.5", Some(Lang::Es)),
            ("de, ar;q=0.8, en;q=0.9", Some(Lang::En)),
            ("de,fr;q=0.3", None),
            ("ar;q=0", None),
            ("", None),
            ("en;q=x,ar", Some(Lang::Ar)),
        ];
        for (header, lang) in cases {
            assert_eq!(Lang::negotiate(header), lang, "{header}");
        }
    }
}
