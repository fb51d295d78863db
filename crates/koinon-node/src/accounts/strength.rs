//! How hard a password is to guess, by the cheapest way in which it falls into parts that guessers try.
//!
//! A list of leaked passwords is of little use here: nearly all of them are shorter than we accept. So a password is cut
//! into the parts that tools and neighbours try first: common words (`common_words.txt`, collected by hand for this
//! project in English, Spanish and Arabic, not taken from any published list), names of the place and its people, years
//! and dates, runs of the alphabet and of keyboards, repetitions. Each part costs about as many bits as it takes to guess
//! it; the cheapest sum counts. The idea of the cheapest cut is that of zxcvbn (D. Wheeler, USENIX Security 2016).

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What a password must be worth, in tenths of bits: about four common words.
pub(super) const ENOUGH: u32 = 330;
/// Characters beyond these add nothing.
const LOOKED_AT: usize = 96;
const WORD: u32 = 95;
const LOCAL_WORD: u32 = 20;
const DISGUISE: u32 = 10;
const YEAR: u32 = 70;
const DATE: u32 = 145;
const RUN: u32 = 65;
const AGAIN: u32 = 20;
/// A run of letters may always be one word of a large dictionary, unless it is longer than such words are.
const DICTIONARY: u32 = 200;
const DICTIONARY_LEN_MAX: usize = 16;
const WORD_LEN_MIN: usize = 3;
const WORD_LEN_MAX: usize = 24;

static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| include_str!("common_words.txt").lines().collect());

/// Rows of keys in the order in which fingers run over them.
const KEYS: [&str; 9] = [
    "qwertyuiop[]",
    "asdfghjklñ;'",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujm",
    "ضصثقفغعهخحجد",
    "شسيبلاتنمكط",
    "azertyuiopqsdfghjklmwxcvbn",
];

/// What a password is worth, in tenths of bits. `local` are words that a neighbour knows, in lower case.
pub(super) fn worth(password: &str, local: &[String]) -> u32 {
    let typed: Vec<char> = password.chars().take(LOOKED_AT).collect();
    cheapest(&typed, local, true)
}

/// The cheapest cut: the cost of each beginning from the costs of shorter ones.
fn cheapest(typed: &[char], local: &[String], whole: bool) -> u32 {
    let mut costs: Vec<u32> = vec![0];
    for end in 1..=typed.len() {
        let best = (0..end).filter_map(|begin| {
            let before = *costs.get(begin)?;
            Some(before.saturating_add(part(typed.get(begin..end)?, local, whole)?))
        });
        costs.push(best.min().unwrap_or(u32::MAX));
    }
    costs.last().copied().unwrap_or(0)
}

/// What one part costs to guess; `None` where it is nothing that guessers try as one.
fn part(part: &[char], local: &[String], whole: bool) -> Option<u32> {
    if let [only] = part {
        return Some(single(*only));
    }
    let costs = [
        word(part, local),
        digits(part),
        run(part),
        if whole { repeated(part, local) } else { None },
        letters(part),
    ];
    costs.into_iter().flatten().min()
}

const fn single(c: char) -> u32 {
    match c {
        ' ' | '-' | '_' | '.' => 20,
        '0'..='9' => 33,
        'a'..='z' => 47,
        'A'..='Z' => 57,
        c if c.is_ascii() => 50,
        _ => 55,
    }
}

fn word(part: &[char], local: &[String]) -> Option<u32> {
    if !(WORD_LEN_MIN..=WORD_LEN_MAX).contains(&part.len()) {
        return None;
    }
    let lower: String = part.iter().flat_map(|c| c.to_lowercase()).collect();
    let capitals = if part.iter().any(|c| c.is_uppercase()) { DISGUISE } else { 0 };
    // A one may stand for i or for l.
    let plain = [("i", 0), ("l", 0)].map(|(one, _)| plain_letters(&lower, one));
    let tried = std::iter::once((&lower, 0)).chain(plain.iter().map(|text| (text, DISGUISE)));
    let costs = tried.filter_map(|(text, disguise)| {
        let known = if local.contains(text) {
            LOCAL_WORD
        } else if WORDS.contains(text.as_str()) {
            WORD
        } else {
            return None;
        };
        Some(known + disguise + capitals)
    });
    costs.min()
}

/// Letters in place of the signs that people put for them.
fn plain_letters(text: &str, one: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0' => plain.push('o'),
            '1' | '!' | '|' => plain.push_str(one),
            '3' => plain.push('e'),
            '4' | '@' => plain.push('a'),
            '5' | '$' => plain.push('s'),
            '7' | '+' => plain.push('t'),
            other => plain.push(other),
        }
    }
    plain
}

/// Years from 1900 to 2099, and days written with six or eight digits.
fn digits(part: &[char]) -> Option<u32> {
    let values: Vec<u32> = part.iter().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
    let pairs: Vec<u32> =
        values.chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| sum * 10 + digit)).collect();
    let day = |one: u32, two: u32| {
        let is = |day: u32, month: u32| (1..=31).contains(&day) && (1..=12).contains(&month);
        is(one, two) || is(two, one)
    };
    let year = |century: u32| matches!(century, 19 | 20);
    match (values.len(), pairs.as_slice()) {
        (4, [century, _]) if year(*century) => Some(YEAR),
        (6, [one, two, three]) if day(*one, *two) || day(*two, *three) => Some(DATE),
        (8, [one, two, century, _]) if year(*century) && day(*one, *two) => Some(DATE),
        (8, [century, _, one, two]) if year(*century) && day(*one, *two) => Some(DATE),
        _ => None,
    }
}

/// Runs of the alphabet, of numbers and of keyboards, forwards and backwards.
fn run(part: &[char]) -> Option<u32> {
    if part.len() < 3 {
        return None;
    }
    let lower: Vec<char> = part.iter().flat_map(|c| c.to_lowercase()).collect();
    let steps = |by: i64| {
        let points: Vec<i64> = lower.iter().map(|c| i64::from(u32::from(*c))).collect();
        points.windows(2).all(|pair| matches!(pair, [a, b] if b - a == by))
    };
    let forwards: String = lower.iter().collect();
    let backwards: String = lower.iter().rev().collect();
    let keys = || KEYS.iter().any(|row| row.contains(&forwards) || row.contains(&backwards));
    (steps(1) || steps(-1) || forwards == "890" || keys()).then_some(RUN)
}

/// The same part over and over costs hardly more than once.
fn repeated(part: &[char], local: &[String]) -> Option<u32> {
    let lengths = (1..=part.len() / 2).filter(|length| part.len().is_multiple_of(*length));
    let costs = lengths.filter_map(|length| {
        let (unit, rest) = part.split_at_checked(length)?;
        rest.chunks(length).all(|again| again == unit).then(|| cheapest(unit, local, false) + AGAIN)
    });
    costs.min()
}

fn letters(part: &[char]) -> Option<u32> {
    let one_word = part.len() <= DICTIONARY_LEN_MAX && part.iter().all(|c| c.is_alphabetic());
    one_word.then_some(DICTIONARY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> bool {
        worth(password, &["heath".into(), "mara".into(), "ten springs".into()]) < ENOUGH
    }

    #[test]
    fn what_tools_try_first_is_refused_by_the_thousand() {
        let mut tried = 0;
        let endings = ["1234", "123456", "2024", "1987!", "!!!!", "111", "qwerty", "12/24", "00", "*"];
        // Of each word three endings, so that each ending meets many words.
        for (word, turn) in WORDS.iter().zip(0..) {
            for ending in endings.iter().cycle().skip(turn * 3 % endings.len()).take(3) {
                let capital: String =
                    word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
                for password in
                    [format!("{word}{ending}"), format!("{capital}{ending}"), format!("{ending}{word}{word}")]
                {
                    assert!(refused(&password), "{password}: {}", worth(&password, &[]));
                    tried += 1;
                }
            }
        }
        assert!(tried > 1_000, "{tried}");
    }

    #[test]
    fn weak_and_strong_passwords_are_told_apart() {
        let weak = [
            "",
            "aaaaaaaaaaaa",
            "121212121212",
            "abcabcabcabc",
            "qwertyuiopasdfgh",
            "1qaz2wsx3edc4rfv",
            "poiuytrewq12",
            "P@ssw0rd2026",
            "p4$$w0rd!1234",
            "ilovemyfamily",
            "mara heath 2026",
            "Heath-Heath-Heath",
            "encyclopedia42",
            "contraseña2026",
            "01.01.1990",
            "31121999 31121999",
            "liverpool football",
            "ضصثقفغعهخحجد",
            "محمد محمد 1990",
            "basketballbasketball",
            "zxcvbnm,./zxcvbnm",
            "98765432109876",
            "amor vida 1999",
        ];
        for password in weak {
            assert!(refused(password), "{password}: {}", worth(password, &[]));
        }
        let strong = [
            "long grey herons wade",
            "four words apart here",
            "tres gatos cruzan despacio el puente",
            "غيمة تحمل سبعة مفاتيح خشبية",
            "xK9#vT2m&QpL",
            "seven-lamps-under-moss",
            "correct horse battery staple",
            "Ninety2 quiet otters",
        ];
        for password in strong {
            assert!(!refused(password), "{password}: {}", worth(password, &[]));
        }
    }

    #[test]
    fn any_text_is_weighed_and_a_longer_one_is_worth_no_less() {
        for text in ["\u{0}\u{1}", "é\u{301}é\u{301}", "🐑🐑🐑 wool", "٢٠٢٦ ٢٠٢٦"] {
            assert!(worth(&text.repeat(200), &[]) >= worth(text, &[]).min(1), "{text}");
        }
        let text = "seven-lamps-under-moss";
        let worths: Vec<u32> = (1..=text.len()).map(|end| worth(&text[..end], &[])).collect();
        assert!(worths.iter().all(|worth| *worth < u32::MAX));
    }
}
