//! What people fill in: post forms, fields with their errors, choices, the number pad.
//!
//! Every form that changes something is made by [`post_form`] or [`post_button`], so each one carries the id of its act
//! (a double tap is done once) and the session's form token. All of it works without script.

use maud::{Markup, PreEscaped, Render, html};

use crate::icons::{Icon, icon};
use crate::t;
use crate::ui::Ui;

/// The weight of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The one thing that most readers will want; at most one in a group.
    Primary,
    /// Anything else.
    Secondary,
    /// Something that stops or takes away.
    Danger,
    /// Something minor, without a border.
    Quiet,
}

impl Weight {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button",
            Self::Danger => "button button-danger",
            Self::Quiet => "button button-quiet",
        }
    }
}

/// The name of the hidden field that holds the id of the act.
pub const ACT_FIELD: &str = "act";
/// The name of the hidden field that holds the form token.
pub const TOKEN_FIELD: &str = "token";

/// A form that posts to `action`; the fields and the button are `body`.
pub fn post_form(ui: &Ui, action: &str, body: &Markup) -> Markup {
    html! { form.form method="post" action=(action) { (seal(ui)) (body) } }
}

/// Like [`post_form`], and kept on the device until it can be sent when the community's computer cannot be reached.
pub fn queued_form(ui: &Ui, action: &str, body: &Markup) -> Markup {
    html! { form.form method="post" action=(action) data-queue="" { (seal(ui)) (body) } }
}

/// A form of one button, with hidden values.
pub fn post_button(ui: &Ui, action: &str, label: &str, weight: Weight, hidden: &[(&str, &str)]) -> Markup {
    html! {
        form method="post" action=(action) {
            (seal(ui))
            @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
            button class=(weight.class()) { (label) }
        }
    }
}

/// A button that sends the form around it.
pub fn submit(label: &str, weight: Weight) -> Markup {
    html! { button class=(weight.class()) { (label) } }
}

/// A button that sends the form around it under a name, so that one form can end in several ways.
pub fn submit_as(name: &str, value: &str, label: &str, weight: Weight) -> Markup {
    html! { button class=(weight.class()) name=(name) value=(value) { (label) } }
}

/// Buttons beside each other.
pub fn actions(buttons: &[Markup]) -> Markup {
    html! { div.actions { @for button in buttons { (button) } } }
}

/// The hidden fields of every post: the act's id and the form token.
pub fn seal(ui: &Ui) -> Markup {
    html! {
        input type="hidden" name=(ACT_FIELD) value=(ui.act().to_string());
        input type="hidden" name=(TOKEN_FIELD) value=(ui.token().as_str());
    }
}

/// What a field takes, and so which keyboard a phone shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Input {
    /// Words.
    #[default]
    Text,
    /// A decimal number in any of our digits; text, so that nothing is lost to a browser's own idea of numbers.
    Decimal,
    /// A date.
    Date,
    /// A password; managers and pasting are welcome.
    Password,
    /// Words to search for.
    Search,
    /// Several lines.
    Lines,
}

/// A field with its label, its hint and what was wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Field {
    name: String,
    label: String,
    input: Input,
    value: String,
    hint: Option<String>,
    error: Option<String>,
    unit: Option<String>,
    units: Vec<(String, String)>,
    choices: Vec<(String, String)>,
    suggestions: Vec<String>,
    autocomplete: Option<&'static str>,
    optional: bool,
    silent: bool,
    form: String,
}

impl Field {
    /// A field for words. Its name is also its `id`, so it is unique on a page.
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into(), ..Self::default() }
    }

    /// Sets what it takes.
    pub fn input(mut self, input: Input) -> Self {
        self.input = input;
        self
    }

    /// Fills it in; after a fault with just what was typed.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Explains it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what was wrong and how to put it right; `None` when nothing was.
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// Puts a fixed unit after it.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// Puts a choice of units after it, as the field `<name>-unit`: value and shown name, the first one chosen.
    pub fn units(mut self, units: Vec<(String, String)>) -> Self {
        self.units = units;
        self
    }

    /// Makes it a menu: value and shown name.
    pub fn choices(mut self, choices: Vec<(String, String)>) -> Self {
        self.choices = choices;
        self
    }

    /// Offers words while typing; anything else may be typed too.
    pub fn suggestions(mut self, suggestions: Vec<String>) -> Self {
        self.suggestions = suggestions;
        self
    }

    /// Tells password managers and browsers what it is (an HTML `autocomplete` word).
    pub fn autocomplete(mut self, word: &'static str) -> Self {
        self.autocomplete = Some(word);
        self
    }

    /// Says that it may stay empty; every other field is required.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Like [`optional`](Self::optional), without saying so: for one of several fields of which most stay empty.
    pub fn may_be_empty(mut self) -> Self {
        self.optional = true;
        self.silent = true;
        self
    }

    /// Names the form around it, where several forms of a page hold a field of this name, so that ids stay unique.
    pub fn within(mut self, form: impl Into<String>) -> Self {
        self.form = form.into();
        self
    }

    fn id(&self) -> String {
        if self.form.is_empty() { self.name.clone() } else { format!("{}-{}", self.form, self.name) }
    }

    /// The field, as markup; `ui` speaks the words around it.
    pub fn show(&self, ui: &Ui) -> Markup {
        self.framed(ui, "field", &html! {})
    }

    /// The field as a big number with keys to press under it, made for counting on a phone.
    pub fn show_with_pad(&self, ui: &Ui) -> Markup {
        self.framed(ui, "field pad-field pad-shell", &number_pad(ui, &self.id()))
    }

    fn framed(&self, ui: &Ui, class: &str, after: &Markup) -> Markup {
        html! {
            div class=(class) {
                label for=(self.id()) {
                    (self.label)
                    @if self.optional && !self.silent { " " span.muted.small { "(" (t!(ui, "field-optional")) ")" } }
                }
                @if let Some(hint) = &self.hint { span.hint id={ (self.id()) "-hint" } { (hint) } }
                @if let Some(error) = &self.error {
                    span.error id={ (self.id()) "-error" } { (icon(Icon::Warning)) span { (error) } }
                }
                (self.with_unit())
                (after)
            }
        }
    }

    fn with_unit(&self) -> Markup {
        if let Some(unit) = &self.unit {
            return html! { div.affix { (self.control()) span.unit { (unit) } } };
        }
        if self.units.is_empty() {
            return self.control();
        }
        html! {
            div.affix {
                (self.control())
                select name={ (self.name) "-unit" } aria-label={ (self.label) ", …" } {
                    @for (value, name) in &self.units { option value=(value) { (name) } }
                }
            }
        }
    }

    fn control(&self) -> Markup {
        let (id, name, value) = (self.id(), &self.name, &self.value);
        let required = !self.optional;
        let invalid = self.error.as_ref().map(|_| "true");
        let mut described = Vec::new();
        if self.hint.is_some() {
            described.push(format!("{id}-hint"));
        }
        if self.error.is_some() {
            described.push(format!("{id}-error"));
        }
        let described = (!described.is_empty()).then(|| described.join(" "));
        if !self.choices.is_empty() {
            return html! {
                select id=(id) name=(name) aria-invalid=[invalid] aria-describedby=[&described] required[required] {
                    @for (choice, shown) in &self.choices { option value=(choice) selected[choice == value] { (shown) } }
                }
            };
        }
        let (kind, mode) = match self.input {
            Input::Lines => {
                return html! {
                    textarea id=(id) name=(name) aria-invalid=[invalid] aria-describedby=[&described]
                        required[required] { (value) }
                };
            }
            Input::Text => ("text", None),
            Input::Decimal => ("text", Some("decimal")),
            Input::Date => ("date", None),
            Input::Password => ("password", None),
            Input::Search => ("search", None),
        };
        let words = (!self.suggestions.is_empty()).then(|| format!("{id}-words"));
        html! {
            input id=(id) name=(name) type=(kind) inputmode=[mode] value=(value) aria-invalid=[invalid]
                aria-describedby=[&described] required[required] list=[&words]
                autocomplete=(self.autocomplete.unwrap_or("off"));
            @if let Some(words) = &words { datalist id=(words) { @for word in &self.suggestions { option value=(word) {} } } }
        }
    }
}

/// A choice of one among few, all visible: value and shown content; `chosen` names the value already chosen.
pub fn choice(legend: &str, name: &str, chosen: &str, options: &[(String, Markup)]) -> Markup {
    html! {
        fieldset {
            legend { (legend) }
            @for (value, shown) in options {
                label.choice { input type="radio" name=(name) value=(value) checked[value == chosen] required; span { (shown) } }
            }
        }
    }
}

/// A box to tick.
pub fn tick(name: &str, label: &str, ticked: bool) -> Markup {
    html! { label.choice { input type="checkbox" name=(name) value="yes" checked[ticked]; span { (label) } } }
}

/// Keys that type into the field `field`; hidden where no script runs, since the phone's own keyboard serves there.
pub fn number_pad(ui: &Ui, field: &str) -> Markup {
    use crate::i18n::{Lang, Speak as _};
    let lang = ui.lang();
    let point = match lang {
        Lang::En => ".",
        Lang::Es => ",",
        Lang::Ar => "٫",
    };
    html! {
        div.pad data-pad=(field) role="group" aria-label=(t!(ui, "pad-label")) {
            @for key in ["1", "2", "3", "4", "5", "6", "7", "8", "9"] {
                button type="button" data-key=(key) { (lang.digits(key)) }
            }
            button type="button" data-key=(point) { (point) }
            button type="button" data-key="0" { (lang.digits("0")) }
            button type="button" data-key="back" aria-label=(t!(ui, "pad-back")) { (icon(Icon::Back)) }
        }
    }
}

/// All faults of a form, at its head, each a link to its field: `(field name, what to put right)`.
pub fn faults(ui: &Ui, heading: &str, faults: &[(String, String)]) -> Markup {
    if faults.is_empty() {
        return PreEscaped(String::new()).render();
    }
    crate::components::notice(
        ui,
        crate::components::Tone::Bad,
        &html! {
            strong { (heading) }
            ul { @for (field, fault) in faults { li { a href={ "#" (field) } { (fault) } } } }
        },
    )
}
