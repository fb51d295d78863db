//! Single cases: what a refusal says, which grant speaks, caps, meters, duties, sight, and the bytes of facts.

use koinon_authority::{
    Action, Actor, Caps, Denied, DutyFault, Granted, Grants, PolicyName, Resource, RevokeReason, Revoked,
    Role, Scope, Sight, Viewer, Visibility, authorize, different_people, sight, two_people,
};
use koinon_core::{Digest, Dimension, Quantity};

use crate::world::{
    ask, community, grams, grant, grant_id, now, person, place, register, store, wheat, whole,
};

fn barn() -> Resource {
    Resource::community(community("mu3")).in_store(place("mu3"), store("barn"))
}

fn revoked(id: u8, code: &str) -> Revoked {
    Revoked {
        grant: grant_id(id),
        community: community(code),
        by: person(9),
        reason: RevokeReason::LostDevice,
    }
}

#[test]
fn refusals_say_what_to_do() {
    let coordinator = |scope| grant(1, 1, Role::Coordinator, scope);
    let in_barn = || coordinator(Scope::Store(community("mu3"), store("barn")));
    let capped = Granted { caps: Caps { per_act_max: [(wheat(), grams(5_000))].into() }, ..in_barn() };
    let refusal = |granted: &[Granted], action, resource: &Resource| {
        ask(&register(granted), 1, action, resource).unwrap_err().to_string()
    };
    let cases = [
        (
            refusal(&[], Action::Count, &barn()),
            "you hold no task here that lets you enter a count; ask a steward of mu3 for one",
        ),
        (
            refusal(&[in_barn()], Action::SettleObjection, &barn()),
            "a coordinator may not settle an objection; ask a steward or facilitator",
        ),
        (
            refusal(&[coordinator(whole("mu31"))], Action::Count, &barn()),
            "your task as coordinator is for mu31, not for store barn; ask someone of store barn, or a steward for a \
             task there",
        ),
        (
            refusal(&[Granted { expires: now(), ..in_barn() }], Action::Count, &barn()),
            "your task as coordinator for store barn ended on 2026-03-01; ask a steward to renew it",
        ),
        (
            refusal(&[Granted { not_before: now().plus_days(1), ..in_barn() }], Action::Count, &barn()),
            "your task as coordinator for store barn begins on 2026-03-02; wait until then, or ask a steward",
        ),
        (
            refusal(
                std::slice::from_ref(&capped),
                Action::Commit,
                &barn().moving(wheat(), grams(3_000)).moving(wheat(), grams(2_001)),
            ),
            "5001 g of wheat are more than the 5000 g that your task allows at a time; enter less, or ask a steward",
        ),
        (
            refusal(std::slice::from_ref(&capped), Action::Commit, &barn()),
            "your task allows limited amounts only; say how much, and of what",
        ),
    ];
    for (said, expected) in cases {
        assert_eq!(said, expected);
    }
    let mut grants = register(&[in_barn()]);
    grants.evolve_revoked(&revoked(1, "mu3"));
    assert_eq!(
        ask(&grants, 1, Action::Count, &barn()).unwrap_err().to_string(),
        "your task as coordinator for store barn was taken back (a device was lost); ask a steward"
    );
    let policy = Actor::Policy(PolicyName::new("repeat-need").unwrap());
    assert_eq!(
        authorize(&grants, &policy, Action::Commit, &barn(), now()).unwrap_err().to_string(),
        "the rule 'repeat-need' may not promise stock; a person must decide this"
    );
}

#[test]
fn the_nearest_refusal_speaks_and_the_longest_grant_permits() {
    let guest = grant(1, 1, Role::Guest, whole("mu3"));
    let elsewhere = grant(2, 1, Role::Coordinator, whole("mu4"));
    let ended = Granted { expires: now(), ..grant(3, 1, Role::Coordinator, whole("mu3")) };
    let live = grant(4, 1, Role::Coordinator, whole("mu3"));
    let longer = Granted { expires: now().plus_days(60), ..grant(5, 1, Role::Steward, whole("mu3")) };
    let twin = Granted { expires: now().plus_days(60), ..grant(6, 1, Role::Steward, whole("mu3")) };
    let mut held = vec![guest];
    let denied = |held: &[Granted]| ask(&register(held), 1, Action::Count, &barn()).unwrap_err();
    assert!(matches!(denied(&held), Denied::RoleMayNot { role: Role::Guest, .. }));
    held.push(elsewhere);
    assert!(matches!(denied(&held), Denied::WrongPlace { .. }));
    held.push(ended);
    assert!(matches!(denied(&held), Denied::Expired { .. }));
    held.extend([live, twin, longer]);
    let permit = ask(&register(&held), 1, Action::Count, &barn()).unwrap();
    assert_eq!((permit.grant(), permit.role()), (Some(grant_id(5)), Some(Role::Steward)));
    assert_eq!((permit.subject(), permit.at()), (Some(person(1)), now()));
}

#[test]
fn caps_bound_the_sum_of_lines_and_nothing_else() {
    let oats = || koinon_core::ItemCode::new("oats").unwrap();
    let millilitres = Quantity::new(1, Dimension::Volume).unwrap();
    let caps = Caps { per_act_max: [(wheat(), grams(5_000))].into() };
    let grants = register(&[Granted { caps, ..grant(1, 1, Role::Coordinator, whole("mu3")) }]);
    let commit = |resource: Resource| ask(&grants, 1, Action::Commit, &resource).is_ok();
    assert!(commit(barn().moving(wheat(), grams(5_000))));
    assert!(!commit(barn().moving(wheat(), grams(5_001))));
    assert!(!commit(barn().moving(wheat(), grams(2_501)).moving(wheat(), grams(2_500))));
    assert!(!commit(barn().moving(wheat(), grams(5_001)).moving(wheat(), grams(-1))), "no offset");
    assert!(!commit(barn().moving(wheat(), grams(-5_001))), "the size counts");
    assert!(!commit(barn().moving(wheat(), millilitres)), "another dimension is not within the bound");
    assert!(commit(barn().moving(oats(), grams(9_000_000))), "an item without a bound is not bounded");
    assert!(ask(&grants, 1, Action::Count, &barn()).is_ok(), "what was seen is never bounded");
}

#[test]
fn a_permit_covers_its_own_act_only() {
    let free = register(&[grant(1, 1, Role::Coordinator, whole("mu3"))]);
    let wide = ask(&free, 1, Action::Commit, &Resource::community(community("mu3"))).unwrap();
    assert!(wide.covers(Action::Commit, &barn().moving(wheat(), grams(7))));
    assert!(!wide.covers(Action::Dispatch, &barn()));
    assert!(!wide.covers(Action::Commit, &Resource::community(community("mu31"))));
    let narrow = ask(&free, 1, Action::Commit, &barn()).unwrap();
    assert!(!narrow.covers(Action::Commit, &Resource::community(community("mu3"))));
    assert!(!narrow.covers(
        Action::Commit,
        &Resource::community(community("mu3")).in_store(place("mu3"), store("loft"))
    ));
    let caps = Caps { per_act_max: [(wheat(), grams(5_000))].into() };
    let bound = register(&[Granted { caps, ..grant(1, 1, Role::Coordinator, whole("mu3")) }]);
    let asked = barn().moving(wheat(), grams(5_000));
    let permit = ask(&bound, 1, Action::Commit, &asked).unwrap();
    assert!(permit.covers(Action::Commit, &asked));
    assert!(!permit.covers(Action::Commit, &barn().moving(wheat(), grams(5_001))), "amounts were checked");
}

#[test]
fn meters_and_people_do_not_stand_in_for_each_other() {
    let meter = register(&[grant(1, 1, Role::Meter, whole("mu3"))]);
    let human = register(&[grant(1, 1, Role::Steward, whole("mu3"))]);
    let count = |grants: &Grants, who: &Actor| authorize(grants, who, Action::Count, &barn(), now()).is_ok();
    let (as_person, as_meter) = (Actor::Person(person(1)), Actor::Meter(person(1)));
    assert!(count(&meter, &as_meter) && count(&human, &as_person));
    assert!(!count(&meter, &as_person) && !count(&human, &as_meter));
    assert_eq!(Viewer::of(&meter, &as_person, now()), Viewer::nobody());
}

#[test]
fn duties_are_kept_apart() {
    let grants = register(&[
        grant(1, 1, Role::Coordinator, whole("mu3")),
        grant(2, 2, Role::Coordinator, whole("mu3")),
        grant(3, 3, Role::Meter, whole("mu3")),
    ]);
    let one = ask(&grants, 1, Action::ApproveCommit, &barn()).unwrap();
    let two = ask(&grants, 2, Action::ApproveCommit, &barn()).unwrap();
    let other = ask(&grants, 2, Action::Commit, &barn()).unwrap();
    let meter = authorize(&grants, &Actor::Meter(person(3)), Action::Count, &barn(), now()).unwrap();
    assert_eq!(different_people(&one, person(1)), Err(DutyFault::SamePerson));
    assert_eq!(different_people(&one, person(2)), Ok(()));
    assert_eq!(different_people(&meter, person(1)), Err(DutyFault::NotAPerson));
    assert_eq!(two_people(false, person(1), None), Ok(()));
    assert_eq!(two_people(true, person(1), None), Err(DutyFault::SecondMissing));
    assert_eq!(two_people(true, person(1), Some(&one)), Err(DutyFault::SamePerson));
    assert_eq!(two_people(true, person(1), Some(&other)), Err(DutyFault::NotAnApproval));
    assert_eq!(two_people(true, person(1), Some(&two)), Ok(()));
}

#[test]
fn sight_for_every_viewer_visibility_and_relation() {
    use Sight::{Amount, Band, Nothing};
    let viewer = |role: Option<Role>| {
        let grants =
            register(&role.map(|role| grant(1, 1, role, whole("mu3"))).into_iter().collect::<Vec<_>>());
        let actor =
            if role == Some(Role::Meter) { Actor::Meter(person(1)) } else { Actor::Person(person(1)) };
        let viewer = Viewer::of(&grants, &actor, now());
        assert_eq!(viewer.role(), role);
        viewer
    };
    // Columns: elsewhere, elsewhere but a party, own community, own community and a party.
    let outside = [
        (Visibility::Public, [Band; 4]),
        (Visibility::Federation, [Band; 4]),
        (Visibility::Concerned, [Nothing; 4]),
    ];
    let member = [
        (Visibility::Public, [Amount; 4]),
        (Visibility::Federation, [Amount; 4]),
        (Visibility::Concerned, [Nothing, Amount, Amount, Amount]),
    ];
    let table = [
        (None, outside),
        (Some(Role::Guest), outside),
        (Some(Role::Meter), outside),
        (Some(Role::Coordinator), member),
        (Some(Role::Facilitator), member),
        (Some(Role::Steward), member),
    ];
    assert_eq!(table.len(), Role::ALL.len() + 1, "every role and nobody");
    for (role, rows) in table {
        let viewer = viewer(role);
        for (visibility, expected) in rows {
            let seen = [("mu31", false), ("mu31", true), ("mu3", false), ("mu3", true)]
                .map(|(code, party)| sight(&viewer, visibility, &community(code), party));
            assert_eq!(seen, expected, "{role:?} {visibility:?}");
        }
    }
}

#[test]
fn a_viewer_sees_by_live_grants_only() {
    let ended = Granted { expires: now(), ..grant(1, 1, Role::Steward, whole("mu3")) };
    let guest = grant(2, 1, Role::Guest, whole("mu4"));
    let away = grant(3, 1, Role::Coordinator, Scope::Store(community("mu5"), store("dock")));
    let who = Actor::Person(person(1));
    let mut grants = register(&[ended, guest]);
    let viewer = Viewer::of(&grants, &who, now());
    assert_eq!((viewer.role(), viewer.communities().len()), (Some(Role::Guest), 0));
    grants.evolve_granted(&away);
    let viewer = Viewer::of(&grants, &who, now());
    assert_eq!(viewer.role(), Some(Role::Coordinator));
    assert_eq!(viewer.communities(), &[community("mu5")].into(), "a guest of mu4 is not concerned there");
    grants.evolve_revoked(&revoked(3, "mu5"));
    assert_eq!(Viewer::of(&grants, &who, now()).role(), Some(Role::Guest));
}

#[test]
fn two_contents_under_one_id_are_marked_and_the_smaller_digest_counts() {
    let one = grant(1, 1, Role::Steward, whole("mu3"));
    let two = Granted { subject: person(2), ..one.clone() };
    let (winner, loser) = if one.digest() < two.digest() { (&one, &two) } else { (&two, &one) };
    let grants = register(&[one.clone(), two.clone()]);
    let held = grants.get(&community("mu3"), grant_id(1)).unwrap();
    assert!(held.contested && held.granted == winner);
    assert_eq!(grants.live(loser.subject, now()).count(), 0);
    assert_eq!(grants.live(winner.subject, now()).count(), 1);
    assert_eq!(register(std::slice::from_ref(&one)).all().filter(|held| held.contested).count(), 0);
}

#[test]
fn a_grant_holds_from_its_first_instant_until_its_end() {
    let granted = grant(1, 1, Role::Coordinator, whole("mu3"));
    let grants = register(std::slice::from_ref(&granted));
    let may = |at| authorize(&grants, &Actor::Person(person(1)), Action::Count, &barn(), at).is_ok();
    let (from, end) = (granted.not_before, granted.expires);
    let cases = [(from.plus_millis(-1), false), (from, true), (end.plus_millis(-1), true), (end, false)];
    for (at, expected) in cases {
        assert_eq!(may(at), expected, "{at:?}");
    }
}

#[test]
fn of_two_revocations_the_smaller_is_kept() {
    let early = Revoked { reason: RevokeReason::Finished, ..revoked(1, "mu3") };
    for pair in [[early.clone(), revoked(1, "mu3")], [revoked(1, "mu3"), early.clone()]] {
        let mut grants = register(&[grant(1, 1, Role::Coordinator, whole("mu3"))]);
        for fact in &pair {
            grants.evolve_revoked(fact);
        }
        assert_eq!(grants.get(&community("mu3"), grant_id(1)).unwrap().revoked, Some(&early));
    }
}

#[test]
fn another_community_cannot_touch_a_grant() {
    let mut grants = register(&[grant(1, 1, Role::Steward, whole("mu3"))]);
    grants.evolve_revoked(&revoked(1, "mu31"));
    grants.evolve_granted(&grant(1, 2, Role::Steward, whole("mu31")));
    assert!(ask(&grants, 1, Action::Grant, &barn()).is_ok());
    assert!(ask(&grants, 2, Action::Grant, &barn()).is_err());
    assert!(!grants.get(&community("mu3"), grant_id(1)).unwrap().contested);
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn stored_bytes_are_kept_for_ever() {
    let full = Granted {
        caps: Caps { per_act_max: [(wheat(), grams(5_000))].into() },
        by: Some(person(9)),
        decision: Some(Digest([7; 32])),
        ..grant(1, 2, Role::Coordinator, Scope::Store(community("mu3"), store("barn")))
    };
    let kept = include_str!("../golden/bytes.txt");
    let policy = Actor::Policy(PolicyName::new("repeat-need").unwrap());
    let made = [
        ("granted", minicbor::to_vec(&full).unwrap()),
        ("founding", minicbor::to_vec(grant(1, 2, Role::Steward, whole("mu3"))).unwrap()),
        ("revoked", minicbor::to_vec(revoked(1, "mu3")).unwrap()),
        ("person", minicbor::to_vec(Actor::Person(person(1))).unwrap()),
        ("policy", minicbor::to_vec(policy).unwrap()),
        ("meter", minicbor::to_vec(Actor::Meter(person(1))).unwrap()),
    ];
    let made: Vec<String> = made.iter().map(|(name, bytes)| format!("{name} {}", hex(bytes))).collect();
    assert_eq!(made, kept.lines().collect::<Vec<_>>());
}

#[test]
fn keys_of_a_later_version_are_skipped() {
    let fact = revoked(1, "mu3");
    let mut bytes = minicbor::to_vec(&fact).unwrap();
    assert_eq!(bytes[0], 0xa4, "a map of four");
    bytes[0] = 0xa5;
    bytes.extend([0x18, 0x63, 0x82, 0x01, 0x61, b'x']);
    assert_eq!(minicbor::decode::<Revoked>(&bytes).unwrap(), fact);
}

#[test]
fn equal_caps_have_equal_bytes() {
    let item = |code| koinon_core::ItemCode::new(code).unwrap();
    let caps = Caps { per_act_max: [(item("zinc"), grams(1)), (item("wheat"), grams(2))].into() };
    let bytes = minicbor::to_vec(&caps).unwrap();
    assert_eq!(minicbor::decode::<Caps>(&bytes).unwrap(), caps);
    for pairs in [[("zinc", 1), ("wheat", 2)], [("wheat", 1), ("wheat", 2)]] {
        let pairs = pairs.map(|(code, amount)| (item(code), grams(amount)));
        let mut bytes = vec![0xa1, 0x00];
        bytes.extend(minicbor::to_vec(pairs).unwrap());
        let refused = minicbor::decode::<Caps>(&bytes).unwrap_err().to_string();
        assert!(refused.contains("caps must name each item once"), "{refused}");
    }
}

#[test]
fn a_policy_name_is_a_code() {
    for bad in ["", "Repeat", "a b", "-a", "a--b", &"x".repeat(41)] {
        assert!(PolicyName::new(bad).is_err(), "{bad}");
    }
    assert_eq!(PolicyName::new("repeat-need").unwrap().as_str(), "repeat-need");
}
