//! The problem: who can take which job, at what cost and load, checked once.
//!
//! A [`Problem`] that exists is safe to solve: the sums that the search forms fit its integers, because the limits below were checked.
//! Agents, jobs and offers are kept in the order of their ids, so the order in which they were given cannot reach an answer.

use thiserror::Error;

/// The most agents, and the most jobs, in one problem (2^20).
pub const MAX_COUNT: usize = 1 << 20;

/// The most offers in one problem (2^26).
pub const MAX_OFFERS: usize = 1 << 26;

/// 2 × (number of jobs + 1)² × the largest |cost| stays below this (2^48).
pub const MAX_COST_SUM: i128 = 1 << 48;

/// Loads and capacities stay below this (2^40).
pub const MAX_LOAD: i64 = 1 << 40;

/// Which plan is best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    /// The one of least total cost.
    #[default]
    Least,
    /// The one of most total cost, where "cost" is a benefit.
    Most,
}

/// Somebody or something that takes jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent {
    /// The caller's number for it, given once.
    pub id: u64,
    /// Load it can carry in all, 0 or more.
    pub capacity: i64,
}

/// Something to be taken by one agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// The caller's number for it, given once.
    pub id: u64,
    /// What it costs (or brings) to leave the job open; `None` when it must be taken.
    pub open: Option<i64>,
}

/// That an agent can take a job; a pair without an offer is forbidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Id of the agent.
    pub agent: u64,
    /// Id of the job.
    pub job: u64,
    /// What it costs (or brings).
    pub cost: i64,
    /// Part of the agent's capacity that it takes, 0 or more.
    pub load: i64,
}

/// Why a problem is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProblemError {
    /// More agents, jobs or offers than the limit.
    #[error("there are {found} {what}, the limit is {limit}: split the problem")]
    TooLarge {
        /// "agents", "jobs" or "offers".
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// An id that two agents or two jobs have.
    #[error("{what} {id} is given twice: keep one")]
    Twice {
        /// "agent" or "job".
        what: &'static str,
        /// The id.
        id: u64,
    },
    /// Two offers for one pair.
    #[error("agent {agent} offers job {job} twice: keep the better offer")]
    OfferedTwice {
        /// Id of the agent.
        agent: u64,
        /// Id of the job.
        job: u64,
    },
    /// An offer that names an agent or a job that does not exist.
    #[error(
        "the offer of agent {agent} for job {job} names {what} that is not given: add it or drop the offer"
    )]
    Unknown {
        /// "an agent" or "a job".
        what: &'static str,
        /// Id of the agent.
        agent: u64,
        /// Id of the job.
        job: u64,
    },
    /// A capacity out of range.
    #[error("agent {agent} has capacity {capacity}: use 0 to 2^40, in a larger unit where needed")]
    Capacity {
        /// Id of the agent.
        agent: u64,
        /// The capacity found.
        capacity: i64,
    },
    /// A load out of range.
    #[error("job {job} loads agent {agent} with {load}: use 0 to 2^40, in a larger unit where needed")]
    Load {
        /// Id of the agent.
        agent: u64,
        /// Id of the job.
        job: u64,
        /// The load found.
        load: i64,
    },
    /// A cost so large that sums of costs could overflow ([`MAX_COST_SUM`]).
    #[error(
        "job {job} has cost {cost} among {jobs} jobs: keep 2 x (jobs + 1)^2 x |cost| below 2^48, use a larger unit"
    )]
    CostTooLarge {
        /// Id of the job with the largest |cost|.
        job: u64,
        /// That cost.
        cost: i64,
        /// Number of jobs.
        jobs: usize,
    },
    /// A job that must be taken and that nobody can take.
    #[error(
        "no agent can take job {job} (an offer's load must fit the agent's whole capacity): add an offer, or say what leaving it open costs"
    )]
    NobodyTakes {
        /// Id of the job.
        job: u64,
    },
}

/// An offer by positions, with its cost in terms of "less is better".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) agent: usize,
    pub(crate) cost: i64,
    pub(crate) load: i64,
}

/// A checked problem of assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    goal: Goal,
    agents: Vec<Agent>,
    jobs: Vec<Job>,
    /// Offers that fit their agent, by job and then by agent.
    ways: Vec<Vec<Way>>,
    /// Charged for leaving open what must be taken: more than all costs together can differ.
    penalty: i64,
}

impl Problem {
    /// Checks and takes a problem; the order of the lists does not matter.
    pub fn new(
        goal: Goal,
        mut agents: Vec<Agent>,
        mut jobs: Vec<Job>,
        mut offers: Vec<Offer>,
    ) -> Result<Self, ProblemError> {
        for (what, found, limit) in [
            ("agents", agents.len(), MAX_COUNT),
            ("jobs", jobs.len(), MAX_COUNT),
            ("offers", offers.len(), MAX_OFFERS),
        ] {
            if found > limit {
                return Err(ProblemError::TooLarge { what, found, limit });
            }
        }
        agents.sort_unstable_by_key(|agent| agent.id);
        jobs.sort_unstable_by_key(|job| job.id);
        offers.sort_unstable_by_key(|offer| (offer.job, offer.agent));
        let agent_ids: Vec<u64> = agents.iter().map(|agent| agent.id).collect();
        let job_ids: Vec<u64> = jobs.iter().map(|job| job.id).collect();
        for (what, ids) in [("agent", &agent_ids), ("job", &job_ids)] {
            if let Some(id) = repeated(ids) {
                return Err(ProblemError::Twice { what, id });
            }
        }
        if let Some(agent) = agents.iter().find(|agent| !(0..=MAX_LOAD).contains(&agent.capacity)) {
            return Err(ProblemError::Capacity { agent: agent.id, capacity: agent.capacity });
        }
        let sign = match goal {
            Goal::Least => 1,
            Goal::Most => -1,
        };
        let mut ways: Vec<Vec<Way>> = vec![Vec::new(); jobs.len()];
        let mut before = None;
        let mut dearest = (0, 0, 0);
        for &Offer { agent, job, cost, load } in &offers {
            if before == Some((agent, job)) {
                return Err(ProblemError::OfferedTwice { agent, job });
            }
            before = Some((agent, job));
            let unknown = |what| ProblemError::Unknown { what, agent, job };
            let taker = agent_ids.binary_search(&agent).map_err(|_| unknown("an agent"))?;
            let taken = job_ids.binary_search(&job).map_err(|_| unknown("a job"))?;
            if !(0..=MAX_LOAD).contains(&load) {
                return Err(ProblemError::Load { agent, job, load });
            }
            dearest = dearest.max((cost.unsigned_abs(), job, cost));
            let fits = agents.get(taker).is_some_and(|agent| load <= agent.capacity);
            if let Some(list) = ways.get_mut(taken).filter(|_| fits) {
                list.push(Way { agent: taker, cost: cost.saturating_mul(sign), load });
            }
        }
        for job in &jobs {
            let open = job.open.unwrap_or(0);
            dearest = dearest.max((open.unsigned_abs(), job.id, open));
        }
        let (most, job, cost) = dearest;
        let count = i128::try_from(jobs.len()).unwrap_or(MAX_COST_SUM) + 1;
        if 2 * count * count * i128::from(most) >= MAX_COST_SUM {
            return Err(ProblemError::CostTooLarge { job, cost, jobs: jobs.len() });
        }
        if let Some((job, _)) =
            jobs.iter().zip(&ways).find(|(job, ways)| job.open.is_none() && ways.is_empty())
        {
            return Err(ProblemError::NobodyTakes { job: job.id });
        }
        let penalty = i64::try_from(2 * count * i128::from(most) + 1).unwrap_or(i64::MAX);
        Ok(Self { goal, agents, jobs, ways, penalty })
    }

    /// Which plan is best.
    pub fn goal(&self) -> Goal {
        self.goal
    }

    /// The agents, by id.
    pub fn agents(&self) -> &[Agent] {
        &self.agents
    }

    /// The jobs, by id.
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    /// The offers that fit their agent's whole capacity, by job and agent.
    pub fn offers(&self) -> impl Iterator<Item = Offer> {
        self.jobs.iter().zip(&self.ways).flat_map(move |(job, ways)| {
            ways.iter().filter_map(move |way| {
                let agent = self.agents.get(way.agent)?.id;
                Some(Offer { agent, job: job.id, cost: self.told(way.cost), load: way.load })
            })
        })
    }

    /// The offers for each job, by agent.
    pub(crate) fn ways(&self) -> &[Vec<Way>] {
        &self.ways
    }

    /// What leaving a job open costs in the search: the caller's price, or the penalty.
    pub(crate) fn open_cost(&self, job: &Job) -> i64 {
        job.open.map_or(self.penalty, |open| self.told(open))
    }

    /// Turns a cost of the search into one of the caller, or back.
    pub(crate) fn told(&self, cost: i64) -> i64 {
        match self.goal {
            Goal::Least => cost,
            Goal::Most => cost.saturating_neg(),
        }
    }
}

/// An id that stands twice in an ordered list.
fn repeated(ids: &[u64]) -> Option<u64> {
    ids.iter().zip(ids.iter().skip(1)).find(|(id, next)| id == next).map(|(id, _)| *id)
}
