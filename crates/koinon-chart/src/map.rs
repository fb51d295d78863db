//! The region at a glance: places, the routes between them, and what is on its way.
//!
//! Ten places within a day's walk need no tiles: longitude and latitude are laid on a local plane (equirectangular about the
//! region's middle; at 80 km across the error is about one part in ten thousand). North is up, in every language.

use std::collections::{BTreeMap, BTreeSet};

use crate::canvas::{Anchor, Canvas, Path, Turn, any_link};
use crate::geometry::{Bounds, Point, at, samples};
use crate::labels::{Crowd, Show, Spot, around};
use crate::route::{Curve, bend};
use crate::scale::{amount, clean, range};
use crate::text::{count, from_to, title};
use crate::{Caption, Chart, Table};

/// Draws a region's places, routes and transfers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RegionMap {
    /// Name and description.
    pub caption: Caption,
    /// Table headers: what, how it stands, more.
    pub headings: [String; 3],
    /// How positions are given.
    pub plane: Plane,
    /// Communities and hubs.
    pub places: Vec<Place>,
    /// Routes between places.
    pub corridors: Vec<Corridor>,
    /// What is suggested or on its way, and drawn; those between the same two places share one arrow, which says the first.
    pub transfers: Vec<Transfer>,
    /// What else is suggested or on its way; the table has it, the picture has not.
    pub unseen: Vec<Transfer>,
}

/// Says how positions are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Plane {
    /// `x` is longitude and `y` latitude, in degrees.
    #[default]
    LonLat,
    /// `x` grows eastwards and `y` northwards, in any one unit of length.
    Local,
}

/// Holds one place on the map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// Name that corridors and transfers use; the first place of a name counts.
    pub id: String,
    /// Name that readers see.
    pub label: String,
    /// Community or hub.
    pub kind: PlaceKind,
    /// How the place stands.
    pub status: Status,
    /// The status in words.
    pub status_text: String,
    /// More in words, such as "lasts 21 days"; may be empty.
    pub note: String,
    /// Position as [`RegionMap::plane`] says; a place whose position is not finite is left to the table.
    pub x: f64,
    /// Position as [`RegionMap::plane`] says.
    pub y: f64,
    /// Page of the place, a path on this site; other addresses are not linked.
    pub href: Option<String>,
}

/// Tells communities from hubs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PlaceKind {
    /// A community, drawn round.
    #[default]
    Community,
    /// A hub, drawn square.
    Hub,
}

/// Says how a place stands; drawn as mark, colour and shape of rim together, never as colour alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Short: a cross.
    Short,
    /// To be watched: an exclamation mark.
    Watch,
    /// Not heard from lately: a question mark and a broken rim.
    #[default]
    Unheard,
    /// Enough: a tick.
    Enough,
}

impl Status {
    /// Names the class that colours this status.
    pub fn class(self) -> &'static str {
        match self {
            Self::Short => "kc-short",
            Self::Watch => "kc-watch",
            Self::Unheard => "kc-unheard",
            Self::Enough => "kc-enough",
        }
    }
}

/// Holds one route.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Corridor {
    /// Id of one end.
    pub from: String,
    /// Id of the other end.
    pub to: String,
    /// Means of travel.
    pub mode: TravelMode,
    /// The means in words.
    pub mode_text: String,
    /// How much it can carry, in any one unit; wider lines carry more.
    pub capacity: f64,
    /// The capacity or the reason for closing, in words.
    pub note: String,
    /// Whether it is closed: drawn broken, with a cross.
    pub closed: bool,
}

/// Names the means of travel of a route.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TravelMode {
    /// A road.
    #[default]
    Road,
    /// A railway, drawn with ties.
    Rail,
    /// A regular shuttle.
    Shuttle,
    /// A waterway, drawn dotted.
    Water,
    /// A power line.
    Wire,
    /// A pipe.
    Pipe,
    /// A glass fibre.
    Fibre,
}

impl TravelMode {
    fn class(self) -> &'static str {
        match self {
            Self::Road => "kc-road",
            Self::Rail => "kc-rail",
            Self::Shuttle => "kc-shuttle",
            Self::Water => "kc-water",
            Self::Wire => "kc-wire",
            Self::Pipe => "kc-pipe",
            Self::Fibre => "kc-fibre",
        }
    }
}

/// Holds one arrow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transfer {
    /// Id of the giver.
    pub from: String,
    /// Id of the taker.
    pub to: String,
    /// What and how much, in words.
    pub label: String,
    /// How far it has come.
    pub state: TransferState,
    /// The state in words.
    pub state_text: String,
}

/// Says how far a transfer has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TransferState {
    /// Suggested, not yet agreed: a broken line.
    #[default]
    Proposed,
    /// On its way: a whole, thicker line.
    UnderWay,
}

const WIDTH: f64 = 480.0;
const MARGIN_X: f64 = 66.0;
const MARGIN_Y: f64 = 46.0;
const MOST_HEIGHT: f64 = 450.0;
const LEAST_HEIGHT: f64 = 200.0;
/// With more routes than this for each place only the nearest are drawn, and those that carry or could carry something.
const ROUTES_PER_PLACE: usize = 3;
/// With more drawn routes than this nothing is thinned out: the work grows with the square.
const MOST_THINNED: usize = 4_000;
/// Past this many places their marks are not pushed apart: the work grows with the square.
const MOST_SPREAD: usize = 400;

/// Holds the map laid out: where each place stands, and how large marks are.
struct Layout {
    spots: Vec<Option<Point>>,
    index: BTreeMap<String, Point>,
    height: f64,
    radius: f64,
}

impl Chart for RegionMap {
    fn svg(&self) -> String {
        let layout = self.layout();
        let linked = any_link(self.places.iter().map(|place| place.href.as_deref()));
        let size = (WIDTH, layout.height);
        let mut canvas = Canvas::new(&self.caption, "kc-map", size, Turn::Never, linked);
        let mut crowd =
            Crowd::new(Bounds { left: 2.0, top: 2.0, right: WIDTH - 2.0, bottom: layout.height - 2.0 });
        for spot in layout.spots.iter().flatten() {
            crowd.mark(Bounds::around(*spot, layout.radius + 1.5, layout.radius + 1.5));
        }
        self.draw_corridors(&mut canvas, &mut crowd, &layout);
        let curves = self.draw_transfers(&mut canvas, &mut crowd, &layout);
        self.draw_places(&mut canvas, &layout);
        self.write_names(&mut canvas, &mut crowd, &layout);
        write_loads(&mut canvas, &mut crowd, &curves);
        canvas.finish()
    }

    fn table(&self) -> Table {
        let names: BTreeMap<&str, &str> =
            self.places.iter().rev().map(|place| (place.id.as_str(), place.label.as_str())).collect();
        let name = |id: &str| names.get(id).map_or_else(|| id.to_owned(), |label| (*label).to_owned());
        let places = self.places.iter().map(|p| vec![p.label.clone(), p.status_text.clone(), p.note.clone()]);
        let layout = self.layout();
        let corridors = self.shown(&layout).into_iter().map(|c| {
            vec![format!("{} \u{2013} {}", name(&c.from), name(&c.to)), c.mode_text.clone(), c.note.clone()]
        });
        let transfers = self.transfers.iter().chain(&self.unseen).map(|t| {
            let way = from_to(&name(&t.from), &name(&t.to), self.caption.rtl);
            vec![way, t.state_text.clone(), t.label.clone()]
        });
        Table { headers: self.headings.to_vec(), rows: places.chain(corridors).chain(transfers).collect() }
    }
}

impl RegionMap {
    /// Lays places on the plane; the picture is as high as the region asks for, within bounds.
    fn layout(&self) -> Layout {
        let flat: Vec<Option<Point>> = self.flatten();
        let known: Vec<Point> = flat.iter().copied().flatten().collect();
        let (left, right) = range(known.iter().map(|p| p.x)).unwrap_or_default();
        let (top, bottom) = range(known.iter().map(|p| p.y)).unwrap_or_default();
        let (span_x, span_y) = ((right - left).max(1e-9), (bottom - top).max(1e-9));
        let scale = ((WIDTH - 2.0 * MARGIN_X) / span_x).min((MOST_HEIGHT - 2.0 * MARGIN_Y) / span_y);
        let radius = (15.0 * (14.0 / count(known.len()).max(1.0)).sqrt()).clamp(5.0, 15.0);
        let height = (span_y * scale + 2.0 * MARGIN_Y).clamp(LEAST_HEIGHT, MOST_HEIGHT);
        let centre = at(f64::midpoint(left, right), f64::midpoint(top, bottom));
        let mut spots: Vec<Option<Point>> = flat
            .iter()
            .map(|p| {
                p.map(|p| at(WIDTH / 2.0 + (p.x - centre.x) * scale, height / 2.0 + (p.y - centre.y) * scale))
            })
            .collect();
        spread(&mut spots, radius, height);
        let index = self
            .places
            .iter()
            .zip(&spots)
            .rev()
            .filter_map(|(place, spot)| spot.map(|spot| (place.id.clone(), spot)))
            .collect();
        Layout { spots, index, height, radius }
    }

    /// Projects positions onto a plane with y downwards; a longitude crosses the date line to stay near the first.
    fn flatten(&self) -> Vec<Option<Point>> {
        let given: Vec<Option<Point>> =
            self.places.iter().map(|place| Some(at(clean(place.x)?, clean(place.y)?))).collect();
        if self.plane == Plane::Local {
            return given.into_iter().map(|p| p.map(|p| at(p.x, -p.y))).collect();
        }
        let first = given.iter().flatten().next().copied().unwrap_or_default();
        let (south, north) =
            range(given.iter().flatten().map(|p| p.y.clamp(-90.0, 90.0))).unwrap_or_default();
        let shrink = f64::midpoint(south, north).to_radians().cos().max(0.01);
        given
            .into_iter()
            .map(|p| {
                p.map(|p| {
                    at(((p.x - first.x + 180.0).rem_euclid(360.0) - 180.0) * shrink, -p.y.clamp(-90.0, 90.0))
                })
            })
            .collect()
    }

    fn label<'a>(&'a self, id: &'a str) -> &'a str {
        self.places.iter().find(|place| place.id == id).map_or(id, |place| place.label.as_str())
    }

    /// How many routes the picture and its table leave out, because there are too many to tell apart.
    pub fn routes_left_out(&self) -> usize {
        self.corridors.len() - self.shown(&self.layout()).len()
    }

    /// The routes that are drawn. Of a dense network those without a nearer way round over a third place (the relative
    /// neighbourhood of Toussaint 1980), those closed, and those along a drawn transfer.
    fn shown(&self, layout: &Layout) -> Vec<&Corridor> {
        let all = || self.corridors.iter();
        if self.corridors.len() <= self.places.len().saturating_mul(ROUTES_PER_PLACE)
            || self.corridors.len() > MOST_THINNED
        {
            return all().collect();
        }
        let length = |corridor: &Corridor| {
            Some(layout.index.get(&corridor.from)?.distance(*layout.index.get(&corridor.to)?))
        };
        let mut near: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
        for corridor in all() {
            let Some(length) = length(corridor) else { continue };
            near.entry(&corridor.from).or_default().insert(&corridor.to, length);
            near.entry(&corridor.to).or_default().insert(&corridor.from, length);
        }
        let is_nearest = |corridor: &Corridor| {
            let (Some(length), Some(from), Some(to)) =
                (length(corridor), near.get(corridor.from.as_str()), near.get(corridor.to.as_str()))
            else {
                return false;
            };
            !from.iter().any(|(third, one)| to.get(third).is_some_and(|other| one.max(*other) < length))
        };
        let carries = |corridor: &Corridor| {
            self.transfers.iter().any(|transfer| {
                (&transfer.from, &transfer.to) == (&corridor.from, &corridor.to)
                    || (&transfer.to, &transfer.from) == (&corridor.from, &corridor.to)
            })
        };
        all().filter(|one| one.closed || is_nearest(one) || carries(one)).collect()
    }

    fn draw_corridors(&self, canvas: &mut Canvas, crowd: &mut Crowd, layout: &Layout) {
        let most = self.corridors.iter().map(|c| amount(c.capacity)).fold(0.0, f64::max).max(1e-9);
        let mut beside: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for corridor in self.shown(layout) {
            let (Some(from), Some(to)) = (layout.index.get(&corridor.from), layout.index.get(&corridor.to))
            else {
                continue;
            };
            let (low, high) =
                (corridor.from.as_str().min(&corridor.to), corridor.from.as_str().max(&corridor.to));
            let nth = beside.entry((low, high)).or_default();
            let (from, to) = shifted(*from, *to, *nth, corridor.from.as_str() == low);
            *nth += 1;
            crowd.line(samples(from, to));
            if corridor.closed {
                crowd.mark(Bounds::around(from.mix(to, 0.5), 8.0, 8.0));
            }
            let ends = format!("{} \u{2013} {}", self.label(&corridor.from), self.label(&corridor.to));
            let said = title(&[&ends, &corridor.mode_text, &corridor.note]);
            let closed = if corridor.closed { " kc-closed" } else { "" };
            canvas.group(&format!("kc-corridor {}{closed}", corridor.mode.class()), &said);
            let width = 1.5 + 4.0 * (amount(corridor.capacity) / most).sqrt();
            draw_way(canvas, from, to, width, corridor);
            canvas.close();
        }
    }

    fn draw_transfers<'a>(
        &'a self,
        canvas: &mut Canvas,
        crowd: &mut Crowd,
        layout: &Layout,
    ) -> Vec<(Curve, &'a Transfer)> {
        let mut drawn: Vec<(Curve, &Transfer)> = Vec::new();
        let mut joined: BTreeSet<(&str, &str)> = BTreeSet::new();
        for transfer in &self.transfers {
            if !joined.insert((&transfer.from, &transfer.to)) {
                continue;
            }
            let (Some(from), Some(to)) = (layout.index.get(&transfer.from), layout.index.get(&transfer.to))
            else {
                continue;
            };
            let others: Vec<Point> = layout
                .spots
                .iter()
                .flatten()
                .copied()
                .filter(|p| p.distance(*from) > 1.0 && p.distance(*to) > 1.0)
                .collect();
            let taken: Vec<Curve> = drawn.iter().map(|(curve, _)| *curve).collect();
            let Some(curve) = bend(*from, *to, layout.radius, &others, &taken) else {
                continue;
            };
            crowd.line(curve.samples());
            let way = from_to(self.label(&transfer.from), self.label(&transfer.to), self.caption.rtl);
            let state = match transfer.state {
                TransferState::Proposed => "kc-proposed",
                TransferState::UnderWay => "kc-under-way",
            };
            let same = |other: &&Transfer| (&other.from, &other.to) == (&transfer.from, &transfer.to);
            let mut said = vec![way.as_str()];
            for other in self.transfers.iter().filter(same) {
                said.extend([other.label.as_str(), other.state_text.as_str()]);
            }
            canvas.group(&format!("kc-transfer {state}"), &title(&said));
            canvas.path("kc-arrow", &Path::start(curve.from).quad(curve.control, curve.neck), "");
            let [left, right] = curve.barbs;
            canvas.path(
                "kc-head",
                &Path::start(curve.tip).line(left).line(curve.neck).line(right).close(),
                "",
            );
            canvas.close();
            drawn.push((curve, transfer));
        }
        drawn
    }

    fn draw_places(&self, canvas: &mut Canvas, layout: &Layout) {
        for (place, spot) in self.places.iter().zip(&layout.spots) {
            let Some(centre) = *spot else { continue };
            let said = title(&[&place.label, &place.status_text, &place.note]);
            canvas.link(&format!("kc-place {}", place.status.class()), place.href.as_deref(), &said);
            let r = layout.radius;
            match place.kind {
                PlaceKind::Community => canvas.circle("kc-node", centre, r, ""),
                PlaceKind::Hub => {
                    let side = r * 0.94;
                    canvas.rect("kc-node", centre.shift(-side, -side), (side * 2.0, side * 2.0), r * 0.3, "");
                }
            }
            draw_mark(canvas, place.status, centre, r);
            canvas.close();
        }
    }

    /// Writes the names, those of places in need first, since they get the best room.
    fn write_names(&self, canvas: &mut Canvas, crowd: &mut Crowd, layout: &Layout) {
        let known = layout.spots.iter().flatten();
        let total = count(known.clone().count()).max(1.0);
        let centre = known.fold(at(0.0, 0.0), |sum, p| sum.shift(p.x / total, p.y / total));
        let mut order: Vec<(&Place, Point)> = self
            .places
            .iter()
            .zip(&layout.spots)
            .filter_map(|(place, spot)| Some((place, (*spot)?)))
            .collect();
        order.sort_by_key(|(place, _)| place.status);
        for (place, spot) in order {
            let outward = (spot.y - centre.y).atan2(spot.x - centre.x);
            let spots = around(spot, layout.radius, outward);
            // Where marks stand too close for any name, a place in need is named all the same.
            let found = crowd.place(&place.label, &spots);
            let found = found
                .or_else(|| (place.status == Status::Short).then(|| crowd.press(&place.label, &spots))?);
            if let Some((found, show)) = found {
                canvas.text(&show.class("kc-text kc-name kc-halo"), found.at, found.anchor, &place.label);
            }
        }
    }
}

/// Writes what each arrow carries, where there is room.
fn write_loads(canvas: &mut Canvas, crowd: &mut Crowd, curves: &[(Curve, &Transfer)]) {
    for (curve, transfer) in curves {
        if transfer.label.is_empty() {
            continue;
        }
        // A phone has room for names alone; there the table says what moves.
        if let Some(found) = crowd.place_wide(&transfer.label, &beside(curve)) {
            let class = Show::WideOnly.class("kc-text kc-load kc-halo");
            canvas.text(&class, found.at, found.anchor, &transfer.label);
        }
    }
}

/// Lists spots beside a curve, from its middle outwards.
fn beside(curve: &Curve) -> Vec<Spot> {
    let mut spots = Vec::new();
    for share in [0.5, 0.4, 0.6, 0.3, 0.7] {
        let (here, next) = (curve.along(share), curve.along(share + 0.05));
        let length = here.distance(next).max(1e-9);
        let (nx, ny) = (-(next.y - here.y) / length, (next.x - here.x) / length);
        for (side, far) in [(1.0, 0.0), (-1.0, 0.0), (1.0, 12.0), (-1.0, 12.0)] {
            let (dx, dy) = (nx * side, ny * side);
            let anchor = match dx {
                east if east > 0.5 => Anchor::Start,
                west if west < -0.5 => Anchor::End,
                _ => Anchor::Middle,
            };
            let spot = here.shift(dx * (8.0 + far), dy * (16.0 + far));
            spots.push(Spot { at: spot, anchor, cost: (share - 0.5_f64).abs() * 12.0 + far * 0.1 });
        }
    }
    spots
}

/// Draws one route; a broken one gets a cross at its middle, a railway gets ties.
fn draw_way(canvas: &mut Canvas, from: Point, to: Point, width: f64, corridor: &Corridor) {
    // The width is data, so it is drawn as an outline: a style sheet could not know it.
    let length = from.distance(to).max(1e-9);
    let (nx, ny) = (-(to.y - from.y) / length * width / 2.0, (to.x - from.x) / length * width / 2.0);
    let outline = |a: Point, b: Point| {
        Path::through([a.shift(nx, ny), b.shift(nx, ny), b.shift(-nx, -ny), a.shift(-nx, -ny)]).close()
    };
    // Broken lines are cut here, for the same reason.
    let (dash, gap) = match (corridor.closed, corridor.mode) {
        (true, _) => (7.0, 5.0),
        (false, TravelMode::Water) => (width.max(2.5), width.max(2.5) * 1.3),
        _ => (length, 0.0),
    };
    let mut done = 0.0;
    while done < length {
        let end = (done + dash).min(length);
        canvas.path("kc-way", &outline(from.mix(to, done / length), from.mix(to, end / length)), "");
        done = end + gap;
    }
    if corridor.mode == TravelMode::Rail && !corridor.closed {
        canvas.line("kc-ties", from, to, "");
    }
    if corridor.closed {
        let middle = from.mix(to, 0.5);
        canvas.circle("kc-cross-ground", middle, 8.0, "");
        canvas.line("kc-cross", middle.shift(-4.0, -4.0), middle.shift(4.0, 4.0), "");
        canvas.line("kc-cross", middle.shift(-4.0, 4.0), middle.shift(4.0, -4.0), "");
    }
}

/// Draws the mark of a status inside a place; it looks the same in every language.
pub(crate) fn draw_mark(canvas: &mut Canvas, status: Status, centre: Point, radius: f64) {
    let r = radius * 0.36;
    let dot = (r * 0.28).max(0.9);
    let flip = canvas.upright();
    let spot = |dx: f64, dy: f64| centre.shift(dx * r * flip, dy * r);
    match status {
        Status::Enough => {
            canvas.path(
                "kc-glyph",
                &Path::through([spot(-1.0, 0.1), spot(-0.25, 0.8), spot(1.0, -0.75)]),
                "",
            );
        }
        Status::Watch => {
            canvas.line("kc-glyph", spot(0.0, -1.2), spot(0.0, 0.3), "");
            canvas.circle("kc-glyph-dot", spot(0.0, 1.15), dot, "");
        }
        Status::Short => {
            canvas.line("kc-glyph", spot(-0.8, -0.8), spot(0.8, 0.8), "");
            canvas.line("kc-glyph", spot(-0.8, 0.8), spot(0.8, -0.8), "");
        }
        Status::Unheard => {
            let hook = Path::start(spot(-0.75, -0.65))
                .cubic(spot(-0.6, -1.7), spot(1.1, -1.6), spot(0.75, -0.5))
                .quad(spot(0.6, -0.1), spot(0.0, 0.1))
                .line(spot(0.0, 0.4));
            canvas.path("kc-glyph", &hook, "");
            canvas.circle("kc-glyph-dot", spot(0.0, 1.2), dot, "");
        }
    }
}

/// Moves the nth route between the same two places aside, so that a road and a railway are both seen.
fn shifted(from: Point, to: Point, nth: u32, forward: bool) -> (Point, Point) {
    let length = from.distance(to).max(1e-9);
    let step = f64::from(nth.min(6)).mul_add(0.5, 0.5).floor() * 7.0;
    let side = if (nth.is_multiple_of(2)) == forward { -step } else { step };
    let (dx, dy) = (-(to.y - from.y) / length * side, (to.x - from.x) / length * side);
    (from.shift(dx, dy), to.shift(dx, dy))
}

/// Pushes marks apart that would cover each other, such as a hub in the middle of a community.
fn spread(spots: &mut [Option<Point>], radius: f64, height: f64) {
    let least = radius * 2.0 + 5.0;
    let inside = |p: Point| {
        at(p.x.clamp(radius + 2.0, WIDTH - radius - 2.0), p.y.clamp(radius + 2.0, height - radius - 2.0))
    };
    if spots.len() > MOST_SPREAD {
        return;
    }
    for _round in 0..60 {
        let mut moved = false;
        for one in 0..spots.len() {
            for other in one + 1..spots.len() {
                let (Some(Some(a)), Some(Some(b))) = (spots.get(one).copied(), spots.get(other).copied())
                else {
                    continue;
                };
                let apart = a.distance(b);
                if apart >= least - 0.01 {
                    continue;
                }
                moved = true;
                // Two on one spot part in a direction that depends on their order alone.
                let turn = count(one * 7 + other) * 2.4;
                let (dx, dy) = if apart < 1e-6 {
                    (turn.cos(), turn.sin())
                } else {
                    ((b.x - a.x) / apart, (b.y - a.y) / apart)
                };
                let push = (least - apart) / 2.0;
                if let Some(spot) = spots.get_mut(one) {
                    *spot = Some(inside(a.shift(-dx * push, -dy * push)));
                }
                if let Some(spot) = spots.get_mut(other) {
                    *spot = Some(inside(b.shift(dx * push, dy * push)));
                }
            }
        }
        if !moved {
            break;
        }
    }
}
