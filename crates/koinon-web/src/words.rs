//! The words that pages for everyone may not use, and a reader that finds them in a rendered page.
//!
//! Code, API and operator pages speak the field's terms; other pages speak to a reader of twelve. Tests of pages call
//! [`forbidden_in`] on the whole document, in every language.

use crate::i18n::Lang;

const EN: &[&str] = &[
    "node",
    "peer",
    "fact",
    "log",
    "ledger",
    "sync",
    "bundle",
    "mirror",
    "fork",
    "lot",
    "custody",
    "corridor",
    "surplus",
    "deficit",
    "days of cover",
    "reserve floor",
    "tier",
    "commitment",
    "conservation",
    "dual price",
    "reduced cost",
    "cut",
    "certified gap",
    "digest",
    "sortition",
    "leximin",
    "recusal",
    "mandate",
    "proposal",
    "signal",
    "trigger",
];
const ES: &[&str] = &[
    "nodo",
    "bitácora",
    "libro mayor",
    "sincronización",
    "sincronizar",
    "espejo",
    "bifurcación",
    "custodia",
    "corredor",
    "superávit",
    "excedente",
    "déficit",
    "días de cobertura",
    "reserva mínima",
    "compromiso",
    "conservación",
    "precio dual",
    "costo reducido",
    "coste reducido",
    "resumen criptográfico",
    "insaculación",
    "leximin",
    "recusación",
    "mandato",
    "disparador",
];
const AR: &[&str] = &[
    "عقدة",
    "العقدة",
    "عُقد",
    "نظير",
    "دفتر الأستاذ",
    "مزامنة",
    "المزامنة",
    "مرآة",
    "تشعب",
    "عهدة",
    "ممر",
    "الممر",
    "فائض",
    "الفائض",
    "عجز",
    "العجز",
    "أيام التغطية",
    "حد الاحتياطي",
    "التزام",
    "تفويض",
    "التفويض",
    "بصمة التجزئة",
    "تنحٍّ",
];
/// Phrases that hold a forbidden word in another sense.
const ALLOWED: &[&str] = &["drawn by lot", "a lot of"];

/// The words that a language's pages for everyone may not use, in lower case and singular.
pub const fn forbidden_words(lang: Lang) -> &'static [&'static str] {
    match lang {
        Lang::En => EN,
        Lang::Es => ES,
        Lang::Ar => AR,
    }
}

/// The forbidden words that a rendered page shows or reads out, each once, in the order of the list.
///
/// Tags are left out, but not what they read out (`title`, `alt`, `placeholder`, `aria-label`, `data-label`). Whole words
/// count, whatever their case, with the plural endings `s` and `es`.
pub fn forbidden_in(lang: Lang, html: &str) -> Vec<&'static str> {
    let mut text = normal(&visible_text(html));
    for phrase in ALLOWED {
        text = text.replace(&format!(" {phrase} "), " ");
    }
    let found = |word: &str| ["", "s", "es"].iter().any(|ending| text.contains(&format!(" {word}{ending} ")));
    forbidden_words(lang).iter().copied().filter(|word| found(word)).collect()
}

/// The text of a page without its tags, scripts and styles, with the attributes that are read out.
pub fn visible_text(html: &str) -> String {
    const READ_OUT: [&str; 5] =
        [" title=\"", " alt=\"", " placeholder=\"", " aria-label=\"", " data-label=\""];
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let Some((tag, after)) = after.split_once('>') else { return text };
        for name in READ_OUT {
            for part in tag.split(name).skip(1) {
                text.push_str(part.split('"').next().unwrap_or(""));
                text.push(' ');
            }
        }
        rest = after;
        for name in ["script", "style"] {
            if tag.starts_with(name) {
                rest = after.split_once(&format!("</{name}>")).map_or("", |(_, after)| after);
            }
        }
    }
    text.push_str(rest);
    text
}

/// Lower case, one space between words and at both ends, everything but letters and digits taken for a space.
fn normal(text: &str) -> String {
    let mut out = String::from(" ");
    for c in text.chars().flat_map(char::to_lowercase) {
        let mark = matches!(c, '\u{64b}'..='\u{652}');
        if c.is_alphanumeric() || mark {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_words_are_found_where_people_meet_them() {
        let cases: [(Lang, &str, &[&str]); 8] = [
            (Lang::En, "<p>Three <b>Nodes</b> and a ledger</p>", &["node", "ledger"]),
            (Lang::En, "<a class=\"node\" href=\"/log\">catalogue, logic, cutlery</a>", &[]),
            (Lang::En, "<svg aria-label=\"Days of cover\"></svg>", &["days of cover"]),
            (Lang::En, "<p>drawn by lot</p><script>var node;</script>", &[]),
            (Lang::En, "<td data-label=\"Lot\">7</td>", &["lot"]),
            (Lang::Es, "<p>El corredor está cerrado.</p>", &["corredor"]),
            (Lang::Ar, "<p>في العقدة فائض</p>", &["العقدة", "فائض"]),
            (Lang::En, "<p unclosed", &[]),
        ];
        for (lang, html, words) in cases {
            assert_eq!(forbidden_in(lang, html), words, "{html}");
        }
    }

    #[test]
    fn lists_are_in_the_form_that_is_looked_for() {
        for lang in Lang::ALL {
            for word in forbidden_words(lang) {
                assert_eq!(normal(word).trim(), *word);
            }
        }
    }
}
