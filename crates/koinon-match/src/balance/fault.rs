//! What makes a problem one that cannot be planned.

use std::collections::BTreeSet;

use super::{AMOUNT_MAX, LOSS_MAX, Problem, SIZE_MAX, STEPS_MAX, TOTAL_MAX};

/// Faults that are named.
const NAMED_MAX: usize = 100;

impl Problem {
    /// Everything that is wrong, 100 entries at most; empty when the problem can be planned.
    pub fn faults(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut range = |about: &dyn Fn() -> String, number: i64, least: i64, most: i64| {
            if !(least..=most).contains(&number) && found.len() < NAMED_MAX {
                found.push(format!("{} is {number}; use {least} to {most}", about()));
            }
        };
        range(&|| "the number of steps".into(), i64::from(self.steps), 1, i64::from(STEPS_MAX));
        range(&|| "minutes of a step".into(), i64::from(self.step_minutes), 1, 10_080);
        let steps = usize::try_from(self.steps).unwrap_or(usize::MAX);
        for (what, count) in [("places", self.places.len()), ("lines", self.lines.len())] {
            let size = i64::try_from(count.saturating_mul(steps)).unwrap_or(i64::MAX);
            let most = i64::try_from(SIZE_MAX).unwrap_or(i64::MAX);
            range(
                &|| {
                    format!(
                        "{count} {what} times {steps} steps (plan fewer or longer steps, or a part of the region)"
                    )
                },
                size,
                0,
                most,
            );
        }
        let (mut total, mut asked) = (0_i128, 0_i128);
        for place in &self.places {
            let code = &place.code;
            let lists = std::iter::once(("inflow", &place.inflow)).chain(
                ["what lives depend on", "what is needed", "what is useful"].into_iter().zip(&place.demand),
            );
            for (what, list) in lists {
                let count = i64::try_from(list.len()).unwrap_or(i64::MAX);
                range(
                    &|| format!("{code}: the number of amounts of {what}"),
                    count,
                    self.steps.into(),
                    self.steps.into(),
                );
                for (step, amount) in list.iter().enumerate() {
                    range(&|| format!("{code}: {what} in step {}", step + 1), *amount, 0, AMOUNT_MAX);
                }
            }
            total += place.inflow.iter().map(|amount| i128::from(*amount)).sum::<i128>();
            asked += place.demand.iter().flatten().map(|amount| i128::from(*amount)).sum::<i128>();
            let Some(store) = &place.store else { continue };
            total += i128::from(store.level);
            range(&|| format!("{code}: what its store holds"), store.capacity, 0, AMOUNT_MAX);
            range(&|| format!("{code}: what is in its store"), store.level, 0, store.capacity);
            range(&|| format!("{code}: what its store keeps"), store.floor, 0, store.capacity);
            for (what, loss) in [
                ("what its store loses in a step", store.loss_ppm),
                ("what is lost on the way into its store", store.charge_loss_ppm),
                ("what is lost on the way out of its store", store.discharge_loss_ppm),
            ] {
                range(&|| format!("{code}: {what}, in parts per million,"), loss, 0, LOSS_MAX);
            }
            for (what, most) in [("put in", store.charge_max), ("taken out", store.discharge_max)] {
                range(
                    &|| format!("{code}: the most that is {what} in a step"),
                    most.unwrap_or(0),
                    0,
                    AMOUNT_MAX,
                );
            }
        }
        for line in &self.lines {
            let code = &line.code;
            range(&|| format!("line {code}: what enters in a step"), line.capacity, 0, AMOUNT_MAX);
            range(&|| format!("line {code}: the loss, in parts per million,"), line.loss_ppm, 0, LOSS_MAX);
        }
        for (what, sum) in [("comes in and is stored", total), ("is asked for", asked)] {
            if sum > TOTAL_MAX {
                found.push(format!("all that {what} is {sum}; use at most {TOTAL_MAX}, or plan fewer steps"));
            }
        }
        self.misnamed(&mut found);
        found.truncate(NAMED_MAX);
        found
    }

    /// Names that are given twice, or that nothing has.
    fn misnamed(&self, found: &mut Vec<String>) {
        let mut places = BTreeSet::new();
        for place in &self.places {
            if !places.insert(&place.code) {
                found.push(format!("{} is listed twice; keep one", place.code));
            }
        }
        let mut lines = BTreeSet::new();
        for line in &self.lines {
            if !lines.insert(&line.code) {
                found.push(format!("line {} is listed twice; keep one", line.code));
            }
            for end in [&line.from, &line.to] {
                if !places.contains(end) {
                    found.push(format!(
                        "line {} ends at {end}, which is no place of the plan; list it there",
                        line.code
                    ));
                }
            }
            if line.from == line.to {
                found.push(format!("line {} starts where it ends; name two places", line.code));
            }
            if let Some((from, until)) = line.out.iter().find(|(from, until)| from >= until) {
                found.push(format!(
                    "line {} is out of service from step {from} until {until}; end it later",
                    line.code
                ));
            }
        }
    }
}
