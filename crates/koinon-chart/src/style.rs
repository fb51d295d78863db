//! The one sheet that dresses every chart.

/// Styles all marks, in terms of the page's custom properties.
///
/// The page defines `--ink`, `--muted`, `--line`, `--way`, `--good`, `--good-bg`, `--watch`, `--watch-bg`, `--short`, `--short-bg`,
/// `--accent`, `--accent-2` and `--panel` (the ground that charts stand on). Wanted contrast against `--panel`: 4.5 for `--ink`, `--muted`,
/// `--accent-2` and `--short`, which colour text; 3.0 for `--way`, `--good`, `--watch` and `--accent`; `--line` only decorates. Needs no newer browser than
/// Chrome 80. Sizes are in the pictures' own units, and larger on phones, where pictures shrink.
pub const STYLE: &str = r".kc{display:block;width:100%;max-width:40rem;height:auto;margin-inline:auto;font-family:inherit;overflow:visible}
.kc-text{font-size:13px;fill:var(--ink)}
@media (max-width:560px){.kc-text{font-size:16px}.kc-wide-only{display:none}}
@media (max-width:420px){.kc-text{font-size:18.5px}}
.kc-name{font-weight:600}
.kc-value{font-weight:600;font-variant-numeric:tabular-nums}
.kc-tick{fill:var(--muted);font-variant-numeric:tabular-nums}
.kc-halo{paint-order:stroke;stroke:var(--panel);stroke-width:4px;stroke-linejoin:round}
.kc-grid{stroke:var(--line);stroke-width:1}
.kc-zero{stroke:var(--muted)}
.kc-hit{fill:transparent}
.kc-hit:hover{fill:var(--accent);fill-opacity:.35}
.kc-curve{fill:none;stroke:var(--accent);stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}
.kc-point{fill:var(--accent)}
.kc-series-1 .kc-curve{stroke:var(--accent-2);stroke-dasharray:7 4}
.kc-series-2 .kc-curve{stroke:var(--muted);stroke-dasharray:2 4}
.kc-series-3 .kc-curve{stroke:var(--watch);stroke-dasharray:10 3 2 3}
.kc-series-1 .kc-point{fill:var(--accent-2)}
.kc-series-2 .kc-point{fill:var(--muted)}
.kc-series-3 .kc-point{fill:var(--watch)}
.kc-fan .kc-band{fill:var(--accent);fill-opacity:.14}
.kc-forecast{fill:none;stroke:var(--accent);stroke-width:2.2;stroke-dasharray:6 4}
.kc-threshold{fill:none;stroke:var(--short);stroke-width:1.8;stroke-dasharray:2 3}
.kc-threshold-name{fill:var(--short);font-weight:600}
.kc-today{stroke:var(--accent-2);stroke-width:1.8}
.kc-today-name{fill:var(--accent-2);font-weight:600}
.kc-spark{max-width:18rem;margin-inline:0}
.kc-spark .kc-curve{stroke-width:1.8}
.kc-spark .kc-threshold{stroke-width:1.2}
.kc-way{fill:var(--way)}
.kc-ties{stroke:var(--panel);stroke-width:1.6;stroke-dasharray:5 4}
.kc-closed .kc-way{fill:var(--short)}
.kc-cross{stroke:var(--short);stroke-width:2.6;stroke-linecap:round}
.kc-cross-ground{fill:var(--panel)}
.kc-wire .kc-way,.kc-fibre .kc-way{fill-opacity:.75}
.kc-arrow{fill:none;stroke:var(--accent-2);stroke-width:2}
.kc-proposed .kc-arrow{stroke-dasharray:6 4}
.kc-under-way .kc-arrow{stroke-width:2.8}
.kc-head{fill:var(--accent-2)}
.kc-load{fill:var(--accent-2);font-weight:600}
.kc-node{stroke-width:2.4;stroke:var(--good);fill:var(--good-bg)}
.kc-small{stroke-width:1.6}
.kc-glyph{fill:none;stroke:var(--ink);stroke-width:2.2;stroke-linecap:round;stroke-linejoin:round}
.kc-small~.kc-glyph{stroke-width:1.7}
.kc-glyph-dot{fill:var(--ink)}
.kc-watch .kc-node{stroke:var(--watch);fill:var(--watch-bg)}
.kc-short .kc-node{stroke:var(--short);fill:var(--short-bg)}
.kc-unheard .kc-node{stroke:var(--muted);fill:var(--panel);stroke-dasharray:4 3}
a.kc-place,a.kc-row{cursor:pointer}
a.kc-place:hover .kc-node{stroke-width:4}
a.kc-row:hover .kc-name{text-decoration:underline}
a.kc-place:focus,a.kc-row:focus{outline:none}
a.kc-place:focus .kc-node,a.kc-row:focus .kc-track{stroke:var(--ink);stroke-width:4;stroke-dasharray:none}
.kc-track{fill:var(--line);fill-opacity:.55}
.kc-segment{stroke:var(--panel);stroke-width:1;fill:var(--accent)}
.kc-enough .kc-segment{fill:var(--good)}
.kc-watch .kc-segment{fill:var(--watch)}
.kc-short .kc-segment{fill:var(--short)}
.kc-unheard .kc-segment{fill:var(--muted)}
.kc-row .kc-main{fill:var(--accent)}
.kc-row .kc-second{fill:var(--accent-2)}
.kc-row .kc-pale{fill:var(--good-bg);stroke:var(--accent);stroke-width:1.2}
.kc-floor{stroke:var(--ink);stroke-width:2.4}
.kc-floor-ground{stroke:var(--panel);stroke-width:6}
.kc-post{fill:var(--ink);fill-opacity:.72}
.kc-sankey .kc-band{fill-opacity:.45}
.kc-sankey .kc-band:hover{fill-opacity:.7}
.kc-flow-0{fill:var(--accent-2)}
.kc-flow-1{fill:var(--accent)}
.kc-flow-2{fill:var(--watch)}
.kc-flow-3{fill:var(--muted)}
.kc-phase{stroke-width:1.6;stroke:var(--accent)}
.kc-done{fill:var(--muted);fill-opacity:.4;stroke:var(--muted)}
.kc-now{fill:var(--accent)}
.kc-later{fill:var(--good-bg)}
.kc-thread{stroke:var(--way);stroke-width:2}
.kc-stop{stroke:var(--accent);stroke-width:2;fill:var(--panel)}
.kc-whole .kc-stop{fill:var(--accent)}
.kc-none .kc-stop{stroke:var(--way)}
.kc-stop-part,.kc-fill{fill:var(--accent)}
@media (forced-colors:active){.kc-text{fill:CanvasText}.kc-halo{stroke:Canvas}.kc-curve,.kc-arrow,.kc-node,.kc-glyph,.kc-cross{stroke:CanvasText}.kc-way,.kc-head,.kc-point,.kc-segment,.kc-fill,.kc-post{fill:CanvasText}.kc-node{fill:Canvas}}
";

#[cfg(test)]
mod tests {
    use super::STYLE;
    use std::collections::BTreeSet;

    #[test]
    fn every_class_has_the_prefix() {
        let classes =
            STYLE.split('.').skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
        let bare: Vec<&str> = classes.filter(|rest| !rest.starts_with("kc")).collect();
        assert!(bare.is_empty(), "classes without prefix: {bare:?}");
    }

    #[test]
    fn only_the_agreed_properties_are_used_and_no_colour() {
        let agreed: BTreeSet<&str> =
            "ink muted line way good good-bg watch watch-bg short short-bg accent accent-2 panel"
                .split(' ')
                .collect();
        let used: BTreeSet<&str> =
            STYLE.split("var(--").skip(1).map(|rest| rest.split(')').next().unwrap_or_default()).collect();
        assert_eq!(used, agreed);
        assert!(!STYLE.contains('#') && !STYLE.contains("rgb") && !STYLE.contains("hsl"));
    }
}
