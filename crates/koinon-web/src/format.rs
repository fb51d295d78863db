//! Numbers, amounts, dates, ages and lists as each language writes them.
//!
//! Three languages need few rules, so they stand here as tables (values from Unicode CLDR 46: `numbers`, `dates`,
//! `listPatterns`); ICU would add a minute of build time. Amounts arrive as exact decimal text and leave so: nothing
//! is rounded unless a function says `about`.

use jiff::tz::TimeZone;
use koinon_core::unit::Unit;
use koinon_core::{Day, Quantity, Timestamp};

use crate::i18n::{Lang, Value};
use crate::t;

const MONTHS: [[&str; 12]; 3] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
];
const MONTHS_SHORT: [[&str; 12]; 2] = [
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
];
const WEEKDAYS: [[&str; 7]; 3] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"],
];

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

impl Lang {
    /// A whole number with the language's digits and group marks: `12,500`, `12.500`, `١٢٬٥٠٠`.
    pub fn number(self, number: i64) -> String {
        self.decimal(&number.to_string())
    }

    /// Exact decimal text (Latin digits, a point, perhaps a leading minus) in the language's own writing.
    ///
    /// Other characters pass unchanged.
    pub fn decimal(self, text: &str) -> String {
        let (sign, body) = match text.strip_prefix('-') {
            // The letter mark keeps the minus before the digits in a line that runs from right to left.
            Some(rest) => (if self == Self::Ar { "\u{61c}−" } else { "−" }, rest),
            None => ("", text),
        };
        let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
        let (group, point) = match self {
            Self::En => (',', '.'),
            Self::Es => ('.', ','),
            Self::Ar => ('٬', '٫'),
        };
        let length = whole.chars().count();
        // Spanish leaves four digits together.
        let grouped =
            length > if self == Self::Es { 4 } else { 3 } && whole.bytes().all(|b| b.is_ascii_digit());
        let mut out = String::from(sign);
        for (index, c) in whole.chars().enumerate() {
            if grouped && index > 0 && (length - index).is_multiple_of(3) {
                out.push(group);
            }
            out.push(self.digit(c));
        }
        if !fraction.is_empty() {
            out.push(point);
            out.extend(fraction.chars().map(|c| self.digit(c)));
        }
        out
    }

    /// Every Latin digit of a text in the language's own digits, nothing else changed.
    pub fn digits(self, text: &str) -> String {
        text.chars().map(|c| self.digit(c)).collect()
    }

    fn digit(self, c: char) -> char {
        match (self, c.to_digit(10)) {
            (Self::Ar, Some(digit)) => char::from_u32(0x0660 + digit).unwrap_or(c),
            _ => c,
        }
    }

    /// A share in whole per cent: `73%`, `73 %`, `٧٣٪`.
    pub fn percent(self, share: i64) -> String {
        let number = self.number(share);
        match self {
            Self::En => format!("{number}%"),
            Self::Es => format!("{number}\u{a0}%"),
            Self::Ar => format!("{number}٪\u{61c}"),
        }
    }

    /// An exact amount in a unit that suits its size: `42.5 t`, `1234,567 kg`, `٣١٢ قطعة`.
    pub fn quantity(self, quantity: Quantity) -> String {
        let (digits, unit) = quantity.in_reading_unit();
        self.amount(&digits, unit)
    }

    /// An amount rounded to three significant digits, for headlines and tiles; never for a form or a stock book.
    pub fn quantity_about(self, quantity: Quantity) -> String {
        self.quantity(about(quantity))
    }

    /// An exact amount in a given unit, or in one that suits its size where that unit will not do.
    pub fn quantity_in(self, quantity: Quantity, unit: &Unit) -> String {
        match quantity.digits_in(unit) {
            Some(digits) => self.amount(&digits, unit.code),
            None => self.quantity(quantity),
        }
    }
    /// Exact decimal text with a unit of the unit table, or with a pack's name where the table has no such unit.
    pub fn amount(self, digits: &str, unit: &str) -> String {
        let n = Value::from(digits.parse::<f64>().unwrap_or(0.0));
        let amount = self.decimal(digits);
        match unit {
            "g" => t!(self, "unit-g", amount = amount),
            "kg" => t!(self, "unit-kg", amount = amount),
            "t" => t!(self, "unit-t", amount = amount),
            "ml" => t!(self, "unit-ml", amount = amount),
            "l" => t!(self, "unit-l", amount = amount),
            "m3" => t!(self, "unit-m3", amount = amount),
            "Wh" => t!(self, "unit-wh", amount = amount),
            "kWh" => t!(self, "unit-kwh", amount = amount),
            "MWh" => t!(self, "unit-mwh", amount = amount),
            "piece" => t!(self, "unit-piece", n = n, amount = amount),
            "person-minute" => t!(self, "unit-person-minute", n = n, amount = amount),
            "person-hour" => t!(self, "unit-person-hour", n = n, amount = amount),
            "bed-day" => t!(self, "unit-bed-day", n = n, amount = amount),
            other => format!("{amount}\u{a0}{other}"),
        }
    }

    /// A day in full: `1 March 2026`, `1 de marzo de 2026`, `١ مارس ٢٠٢٦`.
    pub fn date(self, day: Day) -> String {
        let date = day.to_date();
        let (number, year) = (self.digits(&date.day().to_string()), self.digits(&date.year().to_string()));
        let month = self.month(date.month());
        match self {
            Self::Es => format!("{number} de {month} de {year}"),
            Self::En | Self::Ar => format!("{number} {month} {year}"),
        }
    }

    /// A day without its year, short: `1 Mar`, `1 mar`, `١ مارس`.
    pub fn date_short(self, day: Day) -> String {
        let date = day.to_date();
        format!("{} {}", self.digits(&date.day().to_string()), self.month_short(date.month()))
    }

    /// The name of a month, 1 to 12; empty beyond.
    pub fn month(self, month: i8) -> &'static str {
        pick(self.table(&MONTHS), month)
    }

    /// The short name of a month, 1 to 12; Arabic has none and uses the full name.
    pub fn month_short(self, month: i8) -> &'static str {
        match (self, &MONTHS_SHORT) {
            (Self::En, [en, _]) => pick(en, month),
            (Self::Es, [_, es]) => pick(es, month),
            (Self::Ar, _) => self.month(month),
        }
    }

    /// The name of the weekday.
    pub fn weekday(self, day: Day) -> &'static str {
        pick(self.table(&WEEKDAYS), day.to_date().weekday().to_monday_one_offset())
    }

    /// The time of day in 24 hours: `09:41`, `٠٩:٤١`.
    pub fn time(self, at: Timestamp, zone: &TimeZone) -> String {
        let civil = at.civil(zone);
        self.digits(&format!("{:02}:{:02}", civil.hour(), civil.minute()))
    }

    /// Day and time: `1 March 2026, 09:41`.
    pub fn date_time(self, at: Timestamp, zone: &TimeZone) -> String {
        let comma = if self == Self::Ar { "،" } else { "," };
        format!("{}{comma} {}", self.date(at.day(zone)), self.time(at, zone))
    }

    /// How long ago something was: `just now`, `5 minutes ago`, `yesterday`… An instant ahead counts as now.
    pub fn age(self, at: Timestamp, now: Timestamp) -> String {
        let passed = now.as_millis().saturating_sub(at.as_millis()).max(0);
        match passed {
            0..MINUTE_MS => t!(self, "age-now"),
            MINUTE_MS..HOUR_MS => t!(self, "age-minutes", n = passed / MINUTE_MS),
            HOUR_MS..Timestamp::DAY_MS => t!(self, "age-hours", n = passed / HOUR_MS),
            _ => t!(self, "age-days", n = passed / Timestamp::DAY_MS),
        }
    }

    /// Names joined as a sentence joins them: `A, B and C`, `A, B y C`, `A وB وC`.
    pub fn list(self, names: &[String]) -> String {
        let Some((last, rest)) = names.split_last() else { return String::new() };
        if rest.is_empty() {
            return last.clone();
        }
        match self {
            Self::En => format!("{} and {last}", rest.join(", ")),
            Self::Es => {
                // `y` becomes `e` before the sound of i, save before the glide of `hie`.
                let lower = last.to_lowercase();
                let sound =
                    lower.starts_with(['i', 'í']) || (lower.starts_with("hi") && !lower.starts_with("hie"));
                format!("{} {} {last}", rest.join(", "), if sound { "e" } else { "y" })
            }
            Self::Ar => format!("{} و{last}", rest.join(" و")),
        }
    }

    fn table<const N: usize>(self, [en, es, ar]: &'static [[&'static str; N]; 3]) -> &'static [&'static str] {
        match self {
            Self::En => en,
            Self::Es => es,
            Self::Ar => ar,
        }
    }
}

/// The name at a place that counts from one.
/// An amount rounded to three significant digits.
pub(crate) fn about(quantity: Quantity) -> Quantity {
    let magnitude = quantity.amount().unsigned_abs();
    let mut step = 1u64;
    while magnitude / step >= 1_000 {
        step = step.saturating_mul(10);
    }
    let rounded = magnitude.saturating_add(step / 2) / step * step;
    let rounded = i128::from(rounded) * i128::from(quantity.amount().signum());
    Quantity::from_wide(rounded, quantity.dimension()).unwrap_or(quantity)
}

fn pick(names: &'static [&'static str], place: i8) -> &'static str {
    usize::try_from(place).ok().and_then(|n| names.get(n.wrapping_sub(1))).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use koinon_core::Dimension;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_written_as_each_language_writes_them() {
        let cases = [
            ("0", ["0", "0", "٠"]),
            ("999", ["999", "999", "٩٩٩"]),
            ("1250", ["1,250", "1250", "١٬٢٥٠"]),
            ("12500.75", ["12,500.75", "12.500,75", "١٢٬٥٠٠٫٧٥"]),
            ("-1234567", ["−1,234,567", "−1.234.567", "\u{61c}−١٬٢٣٤٬٥٦٧"]),
        ];
        for (text, expected) in cases {
            assert_eq!(Lang::ALL.map(|lang| lang.decimal(text)), expected.map(str::to_owned), "{text}");
        }
        assert_eq!(
            Lang::ALL.map(|lang| lang.percent(73)),
            ["73%", "73\u{a0}%", "٧٣٪\u{61c}"].map(str::to_owned)
        );
    }

    #[test]
    fn amounts_carry_their_unit_in_the_right_number() {
        let show = |lang: Lang, n, d| lang.quantity(Quantity::new(n, d).unwrap()).replace('\u{a0}', " ");
        assert_eq!(show(Lang::En, 42_500_000, Dimension::Mass), "42.5 t");
        assert_eq!(show(Lang::Es, 1_234_567, Dimension::Mass), "1234,567 kg");
        assert_eq!(show(Lang::En, 1, Dimension::Count), "1 piece");
        assert_eq!(show(Lang::En, 312, Dimension::Count), "312 pieces");
        assert_eq!(show(Lang::Es, 312, Dimension::Count), "312 piezas");
        assert_eq!(Lang::En.amount("3", "bag"), "3\u{a0}bag");
        let about =
            |n| Lang::En.quantity_about(Quantity::new(n, Dimension::Mass).unwrap()).replace('\u{a0}', " ");
        assert_eq!(about(41_987_654), "42 t");
        assert_eq!(about(1_234_567), "1.23 t");
        assert_eq!(about(-999_600), "−1 t");
        assert_eq!(about(7), "7 g");
    }

    #[test]
    fn days_times_and_lists_read_well() {
        let day = Day::parse("2026-03-01").unwrap();
        assert_eq!(
            Lang::ALL.map(|lang| lang.date(day)),
            ["1 March 2026", "1 de marzo de 2026", "١ مارس ٢٠٢٦"].map(str::to_owned)
        );
        assert_eq!(
            Lang::ALL.map(|lang| lang.date_short(day)),
            ["1 Mar", "1 mar", "١ مارس"].map(str::to_owned)
        );
        assert_eq!(Lang::ALL.map(|lang| lang.weekday(day)), ["Sunday", "domingo", "الأحد"]);
        let at = Timestamp::parse_rfc3339("2026-03-01T09:41:00Z").unwrap();
        assert_eq!(Lang::Ar.time(at, &TimeZone::UTC), "٠٩:٤١");
        assert_eq!(Lang::En.age(at, at.plus_millis(3 * HOUR_MS)), "3 hours ago");
        assert_eq!(Lang::En.age(at.plus_days(1), at), "just now");
        assert_eq!(Lang::En.age(at, at.plus_days(1)), "yesterday");
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(Lang::En.list(&names(&["Heath", "Dunes", "Glade"])), "Heath, Dunes and Glade");
        assert_eq!(Lang::Es.list(&names(&["Dunes", "Isleham"])), "Dunes e Isleham");
        assert_eq!(Lang::Ar.list(&names(&["أ", "ب"])), "أ وب");
        assert_eq!(Lang::En.list(&[]), "");
    }

    proptest! {
        #[test]
        fn writing_loses_no_digit(number in any::<i64>()) {
            for lang in Lang::ALL {
                let digits: String = lang.number(number).chars().filter_map(|c| match u32::from(c) {
                    code @ 0x0660..=0x0669 => char::from_digit(code - 0x0660, 10),
                    _ => c.is_ascii_digit().then_some(c),
                }).collect();
                prop_assert_eq!(digits, number.unsigned_abs().to_string());
            }
        }
    }
}
