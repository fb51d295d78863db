//! Assignment: brute force on tiny problems, the same answer in any order, every fault with its remedy.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a failed test")]

use koinon_flow::assign::{
    Agent, Answer, Budget, CheckError, Goal, Job, Offer, Problem, ProblemError, ReadError, Status, check,
    read, solve,
};
use proptest::prelude::*;

const SMALL: Budget = Budget { steps: 40_000, seed: 1 };

/// What a problem is made of.
#[derive(Clone, Debug)]
struct Parts {
    goal: Goal,
    agents: Vec<Agent>,
    jobs: Vec<Job>,
    offers: Vec<Offer>,
}

impl Parts {
    fn problem(&self) -> Result<Problem, ProblemError> {
        Problem::new(self.goal, self.agents.clone(), self.jobs.clone(), self.offers.clone())
    }
}

fn parts(agents: usize, jobs: usize, even: bool) -> impl Strategy<Value = Parts> {
    let count = agents * jobs;
    (
        prop_oneof![Just(Goal::Least), Just(Goal::Most)],
        prop::collection::vec(0..30_i64, agents),
        prop::collection::vec(prop_oneof![2 => Just(None), 1 => (-5..40_i64).prop_map(Some)], jobs),
        prop::collection::vec((0..5_u8, -9..30_i64, 0..14_i64), count),
    )
        .prop_map(move |(goal, capacities, open, drawn)| {
            let ids = |index: usize| u64::try_from(index * 7 % 13 + 100 * index).unwrap();
            let agents: Vec<Agent> = capacities
                .into_iter()
                .enumerate()
                .map(|(index, capacity)| Agent { id: ids(index), capacity })
                .collect();
            let jobs: Vec<Job> =
                open.into_iter().enumerate().map(|(index, open)| Job { id: ids(index), open }).collect();
            let pairs = agents.iter().flat_map(|agent| jobs.iter().map(move |job| (agent, job)));
            let offers =
                pairs.zip(drawn).filter(|(_, drawn)| drawn.0 > 0).map(|((agent, job), (_, cost, load))| {
                    let load = if even { 3 } else { load };
                    Offer { agent: agent.id, job: job.id, cost, load }
                });
            let offers = offers.collect();
            Parts { goal, agents, jobs, offers }
        })
}

/// Fewest left over, then the best cost, by trying everything.
fn brute(problem: &Problem) -> (usize, i64) {
    fn go(problem: &Problem, offers: &[Offer], job: usize, room: &mut Vec<i64>) -> (usize, i64) {
        let Some(this) = problem.jobs().get(job) else { return (0, 0) };
        let sign = if problem.goal() == Goal::Least { 1 } else { -1 };
        let rest = go(problem, offers, job + 1, room);
        let mut best = match this.open {
            Some(open) => (rest.0, rest.1 + sign * open),
            None => (rest.0 + 1, rest.1),
        };
        for offer in offers.iter().filter(|offer| offer.job == this.id) {
            let agent = problem.agents().iter().position(|agent| agent.id == offer.agent).unwrap();
            if offer.load <= room[agent] {
                room[agent] -= offer.load;
                let rest = go(problem, offers, job + 1, room);
                best = best.min((rest.0, rest.1 + sign * offer.cost));
                room[agent] += offer.load;
            }
        }
        best
    }
    let offers: Vec<Offer> = problem.offers().collect();
    let mut room = problem.agents().iter().map(|agent| agent.capacity).collect();
    let (left, cost) = go(problem, &offers, 0, &mut room);
    (left, if problem.goal() == Goal::Least { cost } else { -cost })
}

fn agrees(problem: &Problem, answer: &Answer) {
    assert_eq!(check(problem, answer), Ok(()));
    let (left, cost) = brute(problem);
    assert_eq!((answer.left_over.len(), answer.cost), (left, cost), "{answer:?}");
    if left == 0 {
        assert_eq!(answer.status, Status::Optimal, "small problems are looked through to the end");
        assert_eq!(answer.bound, cost);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn small_problems_are_solved_as_by_trying_everything(parts in (1..4_usize, 0..7_usize).prop_flat_map(|(agents, jobs)| parts(agents, jobs, false))) {
        match parts.problem() {
            Ok(problem) => agrees(&problem, &solve(&problem, SMALL)),
            Err(error) => prop_assert!(matches!(error, ProblemError::NobodyTakes { .. }), "{error}"),
        }
    }

    #[test]
    fn equal_loads_are_solved_exactly(parts in (1..4_usize, 0..7_usize).prop_flat_map(|(agents, jobs)| parts(agents, jobs, true))) {
        if let Ok(problem) = parts.problem() {
            agrees(&problem, &solve(&problem, Budget { steps: 0, seed: 1 }));
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(parts in parts(4, 12, false), shuffle in any::<u64>()) {
        let mut other = parts.clone();
        let key = |id: u64| (id ^ shuffle).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        other.agents.sort_by_key(|agent| key(agent.id));
        other.jobs.sort_by_key(|job| key(job.id));
        other.offers.sort_by_key(|offer| key(offer.job * 31 + offer.agent));
        if let Ok(problem) = parts.problem() {
            let answer = solve(&problem, SMALL);
            prop_assert_eq!(check(&problem, &answer), Ok(()));
            prop_assert_eq!(&answer, &solve(&problem, SMALL));
            prop_assert_eq!(answer, solve(&other.problem().unwrap(), SMALL));
        }
    }

    #[test]
    fn any_damage_to_a_plan_is_seen(parts in parts(3, 6, false), place in 0..6_usize, by in prop_oneof![-3..0_i64, 1..4_i64]) {
        if let Ok(problem) = parts.problem() {
            let answer = solve(&problem, SMALL);
            let mut damaged = answer.clone();
            damaged.cost += by;
            prop_assert!(check(&problem, &damaged).is_err());
            let mut damaged = answer.clone();
            damaged.placed[place].agent = Some(77);
            prop_assert_eq!(check(&problem, &damaged), Err(CheckError::NoOffer { agent: 77, job: damaged.placed[place].job }));
            let mut damaged = answer;
            damaged.placed.remove(place);
            prop_assert!(check(&problem, &damaged).is_err());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let _ = read(&bytes, Goal::Least);
    }

    #[test]
    fn any_numbers_are_read_or_refused(text in "[0-3] [0-3]( -?[0-9]{1,2}){0,24}") {
        if let Ok(problem) = read(text.as_bytes(), Goal::Most) {
            prop_assert_eq!(check(&problem, &solve(&problem, SMALL)), Ok(()));
        }
    }
}

#[test]
fn absurd_problems_are_refused_with_place_value_and_remedy() {
    let agent = |id, capacity| Agent { id, capacity };
    let must = |id| Job { id, open: None };
    let offer = |agent, job, cost, load| Offer { agent, job, cost, load };
    let refused = |agents: &[Agent], jobs: &[Job], offers: &[Offer]| {
        Problem::new(Goal::Least, agents.to_vec(), jobs.to_vec(), offers.to_vec()).unwrap_err().to_string()
    };
    let cases = [
        (refused(&[agent(4, -1)], &[], &[]), "agent 4 has capacity -1: use 0"),
        (refused(&[agent(4, i64::MAX)], &[], &[]), "in a larger unit"),
        (refused(&[agent(4, 1), agent(4, 2)], &[], &[]), "agent 4 is given twice"),
        (refused(&[], &[must(3), must(3)], &[]), "job 3 is given twice"),
        (refused(&[agent(4, 1)], &[must(3)], &[offer(4, 3, 1, -2)]), "job 3 loads agent 4 with -2"),
        (refused(&[agent(4, 1)], &[must(3)], &[offer(4, 3, 1, 1), offer(4, 3, 2, 1)]), "offers job 3 twice"),
        (refused(&[agent(4, 1)], &[must(3)], &[offer(5, 3, 1, 1)]), "names an agent that is not given"),
        (refused(&[agent(4, 1)], &[must(3)], &[offer(4, 9, 1, 1)]), "names a job that is not given"),
        (
            refused(&[agent(4, 1)], &[must(3)], &[offer(4, 3, i64::MIN, 1)]),
            "job 3 has cost -9223372036854775808",
        ),
        (refused(&[agent(4, 1)], &[must(3)], &[offer(4, 3, 1, 2)]), "no agent can take job 3"),
        (refused(&[], &[must(3)], &[]), "no agent can take job 3"),
    ];
    for (said, part) in cases {
        assert!(said.contains(part), "`{said}` should say `{part}`");
    }
    let open = Job { id: 3, open: Some(i64::MAX) };
    assert!(matches!(
        Problem::new(Goal::Most, vec![], vec![open], vec![]),
        Err(ProblemError::CostTooLarge { job: 3, cost: i64::MAX, jobs: 1 })
    ));
}

#[test]
fn a_problem_without_room_keeps_what_can_be_kept() {
    // Three jobs of load 2 and room for two of them: the dearest stays.
    let agents = vec![Agent { id: 1, capacity: 3 }, Agent { id: 2, capacity: 3 }];
    let jobs = (1..=3).map(|id| Job { id, open: None }).collect();
    let offers = (1..=3_i64).flat_map(|job| {
        [1, 2].map(|agent| Offer {
            agent,
            job: job.unsigned_abs(),
            cost: 10 * job,
            load: 1 + agent.cast_signed(),
        })
    });
    let problem = Problem::new(Goal::Least, agents, jobs, offers.collect()).unwrap();
    let answer = solve(&problem, SMALL);
    assert_eq!(
        (answer.status, answer.left_over.as_slice(), answer.cost),
        (Status::Partial, [3].as_slice(), 30)
    );
    assert_eq!(check(&problem, &answer), Ok(()));
}

#[test]
fn wide_capacities_and_many_agents_are_no_different() {
    // Loads far beyond the tables' cells: the grain rounds in favour of plans, so bounds stay bounds.
    let unit = 1_000_003;
    let agents: Vec<Agent> = (0..9).map(|id| Agent { id, capacity: (5 + id.cast_signed()) * unit }).collect();
    let jobs = (0..30).map(|id| Job { id, open: (id % 7 == 0).then_some(40) }).collect();
    let offers = (0..9_u64).flat_map(|agent| {
        (0..30_u64).map(move |job| {
            let mixed = (agent * 37 + job * 101 + agent * job * 13) % 29;
            let mixed = mixed.cast_signed();
            Offer { agent, job, cost: 30 - mixed, load: (1 + mixed % 5) * 700_001 + mixed }
        })
    });
    let problem = Problem::new(Goal::Least, agents, jobs, offers.collect()).unwrap();
    let answer = solve(&problem, Budget { steps: 300_000, seed: 3 });
    assert_eq!(check(&problem, &answer), Ok(()));
    assert_ne!(answer.status, Status::Partial);
    assert!(answer.cost - answer.bound <= answer.cost.abs() / 5 + 10, "{} to {}", answer.bound, answer.cost);
}

#[test]
fn texts_are_refused_by_line() {
    let said = |text: &str| read(text.as_bytes(), Goal::Least).unwrap_err().to_string();
    assert!(read(b"2 2\n1 2 3 4\n1 1 1 1\n\n2 2\n", Goal::Least).is_ok());
    let cases = [
        ("", "line 1: the text ends where the number of agents should stand"),
        ("2", "line 1: the text ends where the number of jobs"),
        ("-2 1", "line 1: the number of agents is `-2`"),
        ("1 2\n3 x", "line 2: the cost of job 2 at agent 1 is `x`"),
        ("1 1\n3\n4\n", "line 3: the text ends where the capacity of agent 1"),
        ("1 1\n3\n4\n5\n6", "line 5: `6` comes after the last capacity"),
        ("99999999 99999999", "the limit is"),
        ("1 1\n3\n-4\n5", "job 1 loads agent 1 with -4"),
    ];
    for (text, part) in cases {
        assert!(said(text).contains(part), "`{}` should say `{part}`", said(text));
    }
    assert_eq!(read(b"1 1\n\xff", Goal::Least), Err(ReadError::NotText { line: 2 }));
}
