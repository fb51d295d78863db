//! Every role, action, relation of scope and state of a grant, against a table that people have read.
//!
//! When the table of roles changes on purpose: `UPDATE_GOLDEN=1 cargo test -p koinon-authority`, then read the
//! difference before it is committed.

use std::fmt::Write as _;

use crate::world::{community, grams, grant, grant_id, now, person, place, register, store, wheat, whole};
use koinon_authority::{
    Action, Actor, Caps, Denied, Granted, PolicyName, Reach, Resource, RevokeReason, Revoked, Role, Scope,
    authorize,
};

fn golden(name: &str, made: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    for (n, (kept, made)) in kept.lines().zip(made.lines()).enumerate() {
        assert_eq!(kept, made, "{name}:{} differs (left: committed, right: the code's answer)", n + 1);
    }
    assert_eq!(kept.lines().count(), made.lines().count(), "{name} has another length");
}

/// How the scope of the grant stands to the resource, most fitting first.
fn relations() -> Vec<(&'static str, Scope, Resource)> {
    let mu3 = || Resource::community(community("mu3"));
    let barn = || mu3().in_store(place("mu3"), store("barn"));
    let store_scope = || Scope::Store(community("mu3"), store("barn"));
    let place_scope = || Scope::Place(community("mu3"), place("mu3"));
    vec![
        ("community for community", whole("mu3"), mu3()),
        ("community for place", whole("mu3"), mu3().at_place(place("mu3"))),
        ("community for store", whole("mu3"), barn()),
        ("place for place", place_scope(), mu3().at_place(place("mu3"))),
        ("place for its store", place_scope(), barn()),
        ("store for store", store_scope(), barn()),
        ("place for community", place_scope(), mu3()),
        ("store for its place", store_scope(), mu3().at_place(place("mu3"))),
        ("store for sibling store", store_scope(), mu3().in_store(place("mu3"), store("barn2"))),
        ("place for store of hub", place_scope(), mu3().in_store(place("hub"), store("dock"))),
        ("community for lookalike", whole("mu3"), Resource::community(community("mu31"))),
        ("lookalike for community", whole("mu31"), mu3()),
        (
            "hub after its keeping passed on",
            Scope::Place(community("mu3"), place("hub")),
            Resource::community(community("mu4")).at_place(place("hub")),
        ),
    ]
}

const STATES: [&str; 6] = ["active", "future", "expired", "revoked", "over-cap", "cap, no amount"];

fn ask(role: Role, action: Action, scope: &Scope, resource: &Resource, state: &str) -> char {
    let mut granted: Granted = grant(1, 1, role, scope.clone());
    let mut resource = resource.clone().moving(wheat(), grams(5_001));
    match state {
        "future" => granted.not_before = now().plus_millis(1),
        "expired" => granted.expires = now(),
        "over-cap" => granted.caps = Caps { per_act_max: [(wheat(), grams(5_000))].into() },
        "cap, no amount" => {
            granted.caps = Caps { per_act_max: [(wheat(), grams(5_000))].into() };
            resource.amounts.clear();
        }
        _ => {}
    }
    let mut grants = register(&[granted]);
    if state == "revoked" {
        let community = scope.community().clone();
        let reason = RevokeReason::Finished;
        grants.evolve_revoked(&Revoked { grant: grant_id(1), community, by: person(9), reason });
    }
    let actor = if role == Role::Meter { Actor::Meter(person(1)) } else { Actor::Person(person(1)) };
    match authorize(&grants, &actor, action, &resource, now()) {
        Ok(permit) => {
            assert_eq!((permit.grant(), permit.action()), (Some(grant_id(1)), action));
            'y'
        }
        Err(Denied::RoleMayNot { .. }) => '-',
        Err(Denied::WrongPlace { .. }) => 'p',
        Err(Denied::NotYetValid { .. }) => 'f',
        Err(Denied::Expired { .. }) => 'x',
        Err(Denied::Revoked { .. }) => 'r',
        Err(Denied::OverCap { .. }) => 'c',
        Err(Denied::AmountNotStated { .. }) => 'u',
        Err(other) => panic!("{role} {action} {state}: {other}"),
    }
}

#[test]
fn role_action_relation_state() {
    let mut made = String::from(
        "# y may, - role may not, p wrong place, f not yet, x ended, r taken back, c over cap, u amount not stated\n",
    );
    writeln!(made, "# in each group one letter per state: {}", STATES.join("; ")).unwrap();
    writeln!(made, "# one group per relation of the grant's scope to the resource:").unwrap();
    for (n, (name, ..)) in relations().iter().enumerate() {
        writeln!(made, "#   {:2} {name}", n + 1).unwrap();
    }
    for role in Role::ALL {
        for action in Action::ALL {
            write!(made, "{role:<11} {action:<16}").unwrap();
            for (_, scope, resource) in relations() {
                let cell: String =
                    STATES.iter().map(|state| ask(role, action, &scope, &resource, state)).collect();
                write!(made, " {cell}").unwrap();
            }
            made.push('\n');
        }
    }
    golden("matrix.txt", &made);
}

#[test]
fn the_one_table() {
    let mut made = String::from("# action, then who may; reach of a grant; whether caps bound it\n");
    for action in Action::ALL {
        let rule = action.rule();
        write!(made, "{action:<16}").unwrap();
        for role in Role::ALL {
            let word = if role.may(action) { role.code() } else { "-" };
            write!(made, " {word:<11}").unwrap();
        }
        let reach = match rule.reach {
            Reach::Scope => "scope",
            Reach::Whole => "whole",
            Reach::Community => "community",
            Reach::Federation => "federation",
        };
        let policy = if rule.policy { "policy" } else { "-" };
        writeln!(made, " {policy:<6} {reach:<10} {}", if rule.capped { "caps" } else { "-" }).unwrap();
    }
    golden("table.txt", &made);
}

#[test]
fn policies_do_only_what_the_table_lists() {
    let policy = Actor::Policy(PolicyName::new("repeat-need").unwrap());
    let resource = Resource::community(community("mu3"));
    let may: Vec<Action> = Action::ALL
        .into_iter()
        .filter(|action| authorize(&register(&[]), &policy, *action, &resource, now()).is_ok())
        .collect();
    let listed = [Action::HoldRecall, Action::StateNeed, Action::CloseNeed, Action::Accept, Action::Withdraw];
    assert_eq!(may, listed);
}
