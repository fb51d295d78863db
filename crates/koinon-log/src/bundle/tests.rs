//! Bundles written and read, whole and damaged.

use super::*;
use crate::testing::identity;
use crate::{Want, exchange::HaveLog};
use koinon_core::{FactId, LogId};

fn network() -> NetworkId {
    NetworkId::of("a test")
}

fn want(number: u64) -> Message {
    Message::Want(Want { log: LogId([7; 16]), from: number, max_bytes: 9 })
}

/// A bundle of 20 frames of messages, and one of holdings.
fn bundle() -> (Manifest, Holdings, Vec<u8>) {
    let maker = identity(network(), 1).unwrap();
    let by = maker.node();
    let manifest =
        Manifest { network: network(), by, made: Timestamp::from_millis(-5), to: vec![by], part: 2 };
    let log = HaveLog {
        log: crate::LogName {
            node: by,
            stream: crate::Stream::Federation,
            incarnation: crate::Incarnation(3),
        }
        .id(),
        node: by,
        stream: crate::SharedStream::Federation,
        incarnation: crate::Incarnation(3),
        height: 8,
        head: FactId([4; 32]),
    };
    let have = vec![Have { node: by, logs: vec![log], rest: None }];
    let holdings = Holdings { node: by, at: Timestamp::from_millis(77), have };
    let mut writer = BundleWriter::begin(Vec::new(), &manifest).unwrap();
    for number in 0..20 * 256 {
        writer.message(&want(number)).unwrap();
    }
    writer.holdings(&holdings).unwrap();
    let file = writer.finish(&maker, true).unwrap();
    (manifest, holdings, file)
}

fn read(file: &[u8]) -> Vec<Part> {
    let mut reader = BundleReader::open(file).unwrap();
    let mut parts = Vec::new();
    while let Some(part) = reader.next_part().unwrap() {
        parts.push(part);
    }
    parts
}

fn directory() -> Directory {
    let mut directory = Directory::new(network());
    let maker = identity(network(), 1).unwrap();
    let mut writer = crate::LogWriter::new(maker, crate::Tails::default());
    let batch = vec![crate::testing::fact(crate::Stream::Federation, b"x")];
    let mut entropy = crate::testing::SeededEntropy::new(1);
    let commit = writer.append(batch, Timestamp::from_millis(0), &mut entropy).unwrap();
    commit.runs().iter().for_each(|run| directory.learn(run));
    directory
}

#[test]
fn what_is_written_is_read_and_the_maker_is_known() {
    let (manifest, holdings, file) = bundle();
    let parts = read(&file);
    assert_eq!(parts.len(), 23);
    assert_eq!(parts[0], Part::Manifest(manifest.clone()));
    let sent: Vec<Message> = parts
        .iter()
        .filter_map(|part| if let Part::Messages(messages) = part { Some(messages.clone()) } else { None })
        .flatten()
        .collect();
    assert_eq!(sent, (0..20 * 256).map(want).collect::<Vec<_>>());
    assert_eq!(parts[21], Part::Holdings(holdings));
    let Part::End(end) = &parts[22] else { panic!("{:?}", parts[22]) };
    assert!(end.is_whole && end.more && end.frames == 22, "{end:?}");
    assert!(end.is_signed_by(manifest.by, &directory()));
    let forged = End { frames: 21, ..end.clone() };
    assert!(!forged.is_signed_by(manifest.by, &directory()));
    assert!(!end.is_signed_by(NodeId([9; 32]), &directory()));
}

#[test]
fn a_damaged_byte_costs_one_frame_and_no_more() {
    let (_, _, file) = bundle();
    let good = read(&file);
    for at in (0..file.len()).step_by(37) {
        let mut bad = file.clone();
        bad[at] ^= 0x40;
        let parts = read(&bad);
        let lost = good.iter().filter(|part| !parts.contains(part)).count();
        // The end is another one as soon as anything before it is.
        assert!(lost <= 2, "byte {at} cost {lost} parts");
        let harmed = parts.iter().any(|part| matches!(part, Part::Damaged(_)));
        assert!(harmed || at < MAGIC.len(), "byte {at} was not noticed");
        let is_whole = parts.iter().any(|part| matches!(part, Part::End(end) if end.is_whole));
        assert!(!is_whole, "a bundle with byte {at} changed is called whole");
    }
}

#[test]
fn a_file_that_breaks_off_gives_what_came_before() {
    let (_, _, file) = bundle();
    let good = read(&file);
    for length in (MAGIC.len() + 1..file.len()).step_by(101) {
        let parts = read(&file[..length]);
        let (last, before) = parts.split_last().unwrap();
        assert!(good.starts_with(before), "cut at {length}");
        assert!(good.contains(last) || matches!(last, Part::Damaged(_)), "cut at {length}: {last:?}");
        assert!(!parts.iter().any(|part| matches!(part, Part::End(_))), "cut at {length}");
    }
}

#[test]
fn frames_in_any_order_and_twice_are_read_and_not_called_whole() {
    let (_, _, file) = bundle();
    let twice = [&file[..file.len() - 200], &file[MAGIC.len()..]].concat();
    let parts = read(&twice);
    assert!(matches!(parts.last(), Some(Part::End(end)) if !end.is_whole));
    assert!(parts.iter().filter(|part| matches!(part, Part::Messages(_))).count() >= 39);
}

#[test]
fn what_is_no_bundle_is_named() {
    assert!(matches!(BundleReader::open(&b""[..]), Err(BundleError::Empty)));
    assert!(matches!(BundleReader::open(&b"a,b\n1,2\n"[..]), Err(BundleError::NoBundle)));
    assert!(matches!(BundleReader::open(vec![0; 3 << 20].as_slice()), Err(BundleError::NoBundle)));
    assert!(matches!(BundleReader::open(MARK.repeat(1 << 16).as_slice()), Err(BundleError::NoBundle)));
}

#[test]
fn a_frame_that_would_unpack_without_end_is_refused() {
    let zeros = vec![0; 64 << 20];
    let packed = pack(&zeros).unwrap();
    assert!(packed.len() < 1_000, "{}", packed.len());
    let most = u32::try_from(PAYLOAD_BYTES_MAX).unwrap();
    for claims in [1, 4_096, most, most + 1, u32::MAX] {
        let mut head = [&MARK[..], &[MESSAGES]].concat();
        head.extend(u32::try_from(packed.len()).unwrap().to_be_bytes());
        head.extend(claims.to_be_bytes());
        head.extend(sum(&packed).to_be_bytes());
        head.extend(short_sum(&head).to_be_bytes());
        let file = [&MAGIC[..], &head, &packed].concat();
        let parts = read(&file);
        assert!(matches!(parts[..], [Part::Damaged(_)]), "{claims}: {parts:?}");
    }
    assert_eq!(
        unpack_whole(&packed, 10).unwrap_err(),
        "a frame does not unpack to the 10 bytes that it names"
    );
}

#[test]
fn a_newer_frame_is_passed_over() {
    let (manifest, ..) = bundle();
    let mut writer = BundleWriter::begin(Vec::new(), &manifest).unwrap();
    writer.frame(200, b"of a later day", false).unwrap();
    let file = writer.finish(&identity(network(), 1).unwrap(), false).unwrap();
    assert!(matches!(read(&file)[..], [Part::Manifest(_), Part::Newer(200), Part::End(_)]));
}
