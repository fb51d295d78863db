//! Writes SVG elements, and is the only place that does: escaping, mirroring and rounding cannot be forgotten elsewhere.
//!
//! Charts draw as if every language ran from left to right; a mirrored canvas turns the positions over as they are
//! written. Nothing here knows what a chart means, and no element ever carries a colour.

use crate::Caption;
use crate::geometry::Point;
use crate::text::{escape, number};

/// Says whether a right-to-left text turns the picture over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Axes run with the text.
    WithText,
    /// Left stays left: geography does not depend on a language.
    Never,
}

/// Says which end of a text stands at its anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// The text begins here and runs on in the canvas' direction.
    Start,
    /// The text is centred here.
    Middle,
    /// The text ends here.
    End,
}

/// Builds one `<svg>` element.
pub(crate) struct Canvas {
    out: String,
    open: Vec<&'static str>,
    width: f64,
    mirrored: bool,
    swapped: bool,
}

impl Canvas {
    /// Opens a picture of `width` by `height` user units; `linked` says that marks inside can be followed.
    pub(crate) fn new(caption: &Caption, class: &str, size: (f64, f64), turn: Turn, linked: bool) -> Self {
        let (width, height) = size;
        let mirrored = caption.rtl && turn == Turn::WithText;
        let mut canvas =
            Self { out: String::new(), open: Vec::new(), width, mirrored, swapped: caption.rtl && !mirrored };
        // Assistive software skips what is inside an image; a picture with links inside is a group instead.
        let role = if linked { "group" } else { "img" };
        let direction = if caption.rtl { "rtl" } else { "ltr" };
        let title = escape(&caption.title);
        canvas.push(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"kc {class}\" viewBox=\"0 0 {} {}\" direction=\"{direction}\" \
             role=\"{role}\" aria-label=\"{title}\">\n<title>{title}</title>\n<desc>{}</desc>\n",
            number(width),
            number(height),
            escape(&caption.desc),
        ));
        canvas
    }

    /// Closes whatever is open and hands out the text.
    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.push("</svg>\n");
        self.out
    }

    /// Opens a group of marks that share one title.
    pub(crate) fn group(&mut self, class: &str, title: &str) {
        self.push(&format!("<g class=\"{class}\">"));
        self.open.push("g");
        self.title(title);
        self.push("\n");
    }

    /// Opens a group that leads to another page of the same site; an address elsewhere gives a plain group.
    pub(crate) fn link(&mut self, class: &str, href: Option<&str>, title: &str) {
        let Some(href) = href.filter(|href| is_local(href)) else {
            return self.group(class, title);
        };
        self.push(&format!(
            "<a class=\"{class}\" href=\"{}\" aria-label=\"{}\">",
            escape(href),
            escape(title)
        ));
        self.open.push("a");
        self.title(title);
        self.push("\n");
    }

    /// Closes the innermost open group or link.
    pub(crate) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.push(&format!("</{name}>\n"));
        }
    }

    /// Draws a straight line.
    pub(crate) fn line(&mut self, class: &str, from: Point, to: Point, title: &str) {
        let (x1, x2) = (self.x(from.x), self.x(to.x));
        self.element("line", class, &[("x1", x1), ("y1", from.y), ("x2", x2), ("y2", to.y)], title);
    }

    /// Draws an upright rectangle, its corner nearest the origin at `corner`.
    pub(crate) fn rect(&mut self, class: &str, corner: Point, size: (f64, f64), radius: f64, title: &str) {
        let (width, height) = (size.0.max(0.0), size.1.max(0.0));
        let x = if self.mirrored { self.width - corner.x - width } else { corner.x };
        let attributes = [("x", x), ("y", corner.y), ("width", width), ("height", height), ("rx", radius)];
        self.element("rect", class, &attributes, title);
    }

    /// Draws a circle.
    pub(crate) fn circle(&mut self, class: &str, centre: Point, radius: f64, title: &str) {
        let x = self.x(centre.x);
        self.element("circle", class, &[("cx", x), ("cy", centre.y), ("r", radius)], title);
    }

    /// Draws a path; one without a stroke to draw is left out.
    pub(crate) fn path(&mut self, class: &str, path: &Path, title: &str) {
        if path.0.len() < 2 {
            return;
        }
        let mut d = String::new();
        for stroke in &path.0 {
            let (letter, points): (char, &[Point]) = match stroke {
                Stroke::Move(to) => ('M', &[*to]),
                Stroke::Line(to) => ('L', &[*to]),
                Stroke::Quad(points) => ('Q', points),
                Stroke::Cubic(points) => ('C', points),
                Stroke::Close => ('Z', &[]),
            };
            d.push(letter);
            let pairs: Vec<String> = points
                .iter()
                .map(|point| format!("{},{}", number(self.x(point.x)), number(point.y)))
                .collect();
            d.push_str(&pairs.join(" "));
        }
        self.push(&format!("<path class=\"{class}\" d=\"{d}\""));
        self.end("path", title);
    }

    /// Gives the factor that undoes the turning over, for shapes such as a tick mark that look one way in every language.
    pub(crate) fn upright(&self) -> f64 {
        if self.mirrored { -1.0 } else { 1.0 }
    }

    /// Writes one line of text, centred on `at.y`.
    pub(crate) fn text(&mut self, class: &str, at: Point, anchor: Anchor, content: &str) {
        let anchor = match (anchor, self.swapped) {
            (Anchor::Middle, _) => "middle",
            (Anchor::Start, false) | (Anchor::End, true) => "start",
            (Anchor::End, false) | (Anchor::Start, true) => "end",
        };
        self.push(&format!(
            "<text class=\"{class}\" x=\"{}\" y=\"{}\" dy=\"0.35em\" text-anchor=\"{anchor}\">{}</text>\n",
            number(self.x(at.x)),
            number(at.y),
            escape(content),
        ));
    }

    fn element(&mut self, name: &str, class: &str, attributes: &[(&str, f64)], title: &str) {
        self.push(&format!("<{name} class=\"{class}\""));
        for (key, value) in attributes {
            self.push(&format!(" {key}=\"{}\"", number(*value)));
        }
        self.end(name, title);
    }

    fn end(&mut self, name: &str, title: &str) {
        if title.is_empty() {
            self.push("/>\n");
        } else {
            self.push(">");
            self.title(title);
            self.push(&format!("</{name}>\n"));
        }
    }

    fn title(&mut self, title: &str) {
        if !title.is_empty() {
            self.push(&format!("<title>{}</title>", escape(title)));
        }
    }

    fn x(&self, x: f64) -> f64 {
        if self.mirrored { self.width - x } else { x }
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }
}

/// Tells whether an address stays on this site: a path, a query or a fragment, never another host or a script.
fn is_local(href: &str) -> bool {
    let mut start = href.chars();
    match (start.next(), start.next()) {
        (Some('/'), second) => !matches!(second, Some('/' | '\\')),
        (Some('#' | '?'), _) => true,
        _ => false,
    }
}

/// Tells whether any of the addresses can be followed.
pub(crate) fn any_link<'a>(mut hrefs: impl Iterator<Item = Option<&'a str>>) -> bool {
    hrefs.any(|href| href.is_some_and(is_local))
}

/// Collects the strokes of one path.
#[derive(Debug, Default)]
pub(crate) struct Path(Vec<Stroke>);

#[derive(Debug)]
enum Stroke {
    Move(Point),
    Line(Point),
    Quad([Point; 2]),
    Cubic([Point; 3]),
    Close,
}

impl Path {
    /// Starts a path at a point.
    pub(crate) fn start(at: Point) -> Self {
        Self(vec![Stroke::Move(at)])
    }

    /// Draws straight through all points.
    pub(crate) fn through(points: impl IntoIterator<Item = Point>) -> Self {
        let mut path = Self::default();
        for point in points {
            path.0.push(if path.0.is_empty() { Stroke::Move(point) } else { Stroke::Line(point) });
        }
        path
    }

    /// Goes straight to a point.
    pub(crate) fn line(mut self, to: Point) -> Self {
        self.0.push(Stroke::Line(to));
        self
    }

    /// Bends once on the way to a point.
    pub(crate) fn quad(mut self, control: Point, to: Point) -> Self {
        self.0.push(Stroke::Quad([control, to]));
        self
    }

    /// Bends twice on the way to a point.
    pub(crate) fn cubic(mut self, first: Point, second: Point, to: Point) -> Self {
        self.0.push(Stroke::Cubic([first, second, to]));
        self
    }

    /// Returns to the start.
    pub(crate) fn close(mut self) -> Self {
        if !self.0.is_empty() {
            self.0.push(Stroke::Close);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_local_addresses_are_links() {
        let cases = [
            ("/places/heath", true),
            ("/", true),
            ("?day=3", true),
            ("#heath", true),
            ("", false),
            ("//elsewhere.example", false),
            ("/\\elsewhere.example", false),
            ("https://elsewhere.example", false),
            ("javascript:alert(1)", false),
        ];
        for (href, want) in cases {
            assert_eq!(is_local(href), want, "{href}");
        }
    }
}
