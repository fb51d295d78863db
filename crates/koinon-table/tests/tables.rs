//! Tables as people save them, and as nobody should: what is read, and what is said of the rest.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    missing_docs,
    reason = "a test may fail loudly"
)]

use koinon_core::region::generate::{Layout, new_region};
use koinon_core::unit::DecimalMark;
use koinon_core::{Day, Region, StoreCode};
use koinon_table::{Column, Counts, Fault, Flaw, Limits, Marks, Row, Sheet, Table, read_counts};
use proptest::prelude::*;

const COLUMNS: [Column; 2] = [
    Column { name: "item", also: &["article"], required: true },
    Column { name: "amount", also: &[], required: true },
];

const LIMITS: Limits = Limits::PAGE;

fn cells(bytes: &[u8]) -> Result<Vec<(u64, String, String)>, Vec<String>> {
    let table = Table::read(bytes, &LIMITS, &COLUMNS)
        .map_err(|flaws| flaws.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let text = |row: &Row<'_>, name| table.cell(row, name).to_owned();
    Ok(table.rows().map(|row| (row.line, text(&row, "item"), text(&row, "amount"))).collect())
}

fn region() -> (Region, Vec<StoreCode>) {
    let region = new_region(2, 1_000, Layout::Ring, 1).unwrap();
    let own = region.communities[0].code.place();
    let stores = region.stores_of(&own).map(|store| store.code.clone()).take(1).collect();
    (region, stores)
}

fn counts(bytes: &[u8]) -> Result<Counts, Vec<Flaw>> {
    let (region, stores) = region();
    let sheet = Sheet::read(bytes, &LIMITS).map_err(|fault| vec![Flaw::whole(fault)])?;
    read_counts(sheet, &region, &stores, None)
}

#[test]
fn every_usual_way_of_saving_a_table_is_read() {
    let want = vec![(2, "Maïs".to_owned(), "1,5 t".to_owned()), (4, "oats".to_owned(), "7".to_owned())];
    let semicolon = "Article;x;AMOUNT\nMaïs;;1,5 t\n;;\noats;;7\n";
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(semicolon.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cases: [Vec<u8>; 8] = [
        semicolon.into(),
        ["\u{feff}".as_bytes(), semicolon.as_bytes()].concat(),
        semicolon.replace('\n', "\r\n").into(),
        semicolon.replace('\n', "\r").into(),
        semicolon.replace(';', "\t").into(),
        b"item,amount\nMa\xefs,\"1,5 t\"\n\noats,7".to_vec(),
        utf16,
        "item,amount,\n\"Maïs\" ,\"1,5 t\"\n,,\noats , 7,,,,\n".into(),
    ];
    for bytes in cases {
        assert_eq!(cells(&bytes).as_ref(), Ok(&want), "{}", String::from_utf8_lossy(&bytes));
    }
    let one = |line| vec![(line, "a".to_owned(), "1".to_owned())];
    assert_eq!(cells(b"sep=;\nitem;amount\na;1"), Ok(one(3)));
    assert_eq!(cells(b"\n\r\n item , amount\n\n\na,1\n\n"), Ok(one(6)));
    let two_lines = cells(b"item,amount\n\"a\nb\",1\nc,2\n").unwrap();
    assert_eq!(two_lines.iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(
        cells(b"item,amount\na,1\n5\" pipe,2").unwrap().len(),
        2,
        "a mark inside a cell closes nothing"
    );
}

#[test]
fn what_is_wrong_is_said_at_once_and_in_full() {
    let cases: [(&[u8], &[&str]); 9] = [
        (b"", &["the file is empty; write a row of headings, then a row for each entry"]),
        (b"\n , ,\n", &["the file is empty; write a row of headings, then a row for each entry"]),
        (
            b"PK\x03\x04..",
            &[
                "this is no workbook that can be read ('invalid Zip archive: Could not find EOCD'); save it as xlsx again, \
               or as CSV",
            ],
        ),
        (
            b"a\0b",
            &["the file holds zero bytes, so it is no text; save the table as CSV in UTF-8, or as xlsx"],
        ),
        (
            b"goods,number\nx,1\n",
            &[
                "line 1: amount: there is no such column among 'goods, number'; name it in the first row",
                "line 1: item: there is no such column among 'goods, number'; name it in the first row",
            ],
        ),
        (b"item,amount,Item\nx,1,y\n", &["line 1: item: 2 columns have this heading; keep one of them"]),
        (
            b"item,amount\nx,1,2\ny,1\nz,1,,3\n",
            &[
                "line 2: 3 cells under 2 headings; put text that holds the separator in quotation marks",
                "line 4: 4 cells under 2 headings; put text that holds the separator in quotation marks",
            ],
        ),
        (
            b"item,amount\n\"x,1\ny,2\n",
            &["line 2: a quotation mark is not closed; close it, or write it twice"],
        ),
        (b"item,amount\nx,\"1", &["line 2: a quotation mark is not closed; close it, or write it twice"]),
    ];
    for (bytes, want) in cases {
        assert_eq!(cells(bytes).unwrap_err(), want, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn size_is_bounded_at_every_edge() {
    let long = |n: usize| format!("item,amount\n{},1\n", "x".repeat(n));
    assert!(cells(long(4_000).as_bytes()).is_ok());
    for n in [4_001, 4_002, 5_000_000] {
        assert!(
            cells(long(n).as_bytes()).unwrap_err()[0].starts_with("line 2: a cell is longer than 4000 bytes")
        );
    }
    let wide = format!("item,amount{}\n", ",x".repeat(200));
    assert_eq!(
        cells(wide.as_bytes()).unwrap_err(),
        ["there are more than 200 columns; leave the others out"]
    );
    let row = format!("item,amount\na,1\nb,1{}\n", ",".repeat(5_000_000));
    assert_eq!(cells(row.as_bytes()).unwrap().len(), 2, "empty cells cost nothing");
    let full = format!("item,amount\n{}", "a,1\n".repeat(LIMITS.rows));
    assert_eq!(cells(full.as_bytes()).unwrap().len(), LIMITS.rows);
    let over = full + "a,1\n";
    assert_eq!(cells(over.as_bytes()).unwrap_err(), ["there are more than 100000 rows; split the table"]);
    let heavy = vec![b'a'; LIMITS.bytes + 1];
    assert_eq!(cells(&heavy).unwrap_err(), ["the file is larger than 16 MiB; split it"]);
    let head: Vec<String> = (0..200).map(|n| format!("h{n}")).collect();
    let cellular = format!("{}\n", head.join(",")) + &format!("{}x\n", ",".repeat(199)).repeat(50_001);
    assert_eq!(Sheet::read(cellular.as_bytes(), &LIMITS), Err(Fault::TooManyCells(10_000_000)));
}

#[test]
fn the_decimal_mark_is_seen_in_the_column_or_asked_for() {
    use DecimalMark::{Comma, Point};
    type Case = (&'static str, &'static [&'static str], &'static [Option<DecimalMark>]);
    let read = |separator: &str, numbers: &[&str]| {
        let rows: Vec<String> = numbers.iter().map(|n| format!("x{separator}\"{n}\"\n")).collect();
        let text = format!("item{separator}amount\n{}", rows.concat());
        let table = Table::read(text.as_bytes(), &LIMITS, &COLUMNS).unwrap();
        let marks = Marks::of(&table, "amount", None);
        numbers.iter().map(|number| marks.mark(number)).collect::<Vec<_>>()
    };
    let cases: [Case; 12] = [
        (",", &["1", "20 t"], &[Some(Point), Some(Point)]),
        (",", &["1.5", "1,250"], &[Some(Point), Some(Point)]),
        (",", &["1,250", "1,5"], &[Some(Comma), Some(Comma)]),
        (",", &["1.250,5"], &[Some(Comma)]),
        (",", &["1.250.000"], &[Some(Comma)]),
        (",", &["1,250,000.5 kg"], &[Some(Point)]),
        (",", &["0,125"], &[Some(Comma)]),
        (",", &["7", "1,250"], &[Some(Point), None]),
        (",", &["1.250"], &[Some(Point)]),
        (";", &["1.250", "3"], &[None, Some(Point)]),
        (";", &["1.250", "0.5"], &[Some(Point), Some(Point)]),
        (";", &["1,5", "1.5", "-1.250"], &[Some(Comma), Some(Point), None]),
    ];
    for (separator, numbers, want) in cases {
        assert_eq!(read(separator, numbers), want, "{separator} {numbers:?}");
    }
}

#[test]
fn rows_to_mend_come_back_with_what_is_wrong() {
    let table = Table::read("item;amount\na;1\nb\n\"=c;d\";x\n".as_bytes(), &LIMITS, &COLUMNS).unwrap();
    let flaw = |line, fault| Flaw { line: Some(line), column: "amount", fault };
    let flaws = [
        flaw(3, Fault::Nothing("write a number".into())),
        flaw(4, Fault::Negative("x".into())),
        flaw(4, Fault::TwoReadings("x".into())),
    ];
    let text = table.to_mend(&flaws, ["line", "to mend"], &|flaw| flaw.fault.to_string());
    assert_eq!(
        text,
        "\u{feff}item;amount;line;to mend\nb;;3;\"nothing is written; write a number\"\n\"'=c;d\";x;4;\"'x' is below zero; \
         write what is there or asked for, 0 or more | 'x' can be read in two ways; say which mark separates decimals, or \
         write it without group marks\"\n"
    );
    assert_eq!(cells(text.as_bytes()).unwrap().len(), 2, "it is read again");
}

#[test]
fn counts_are_read_in_every_shape() {
    let cases: [(&[u8], &[i64]); 10] = [
        (b"item,amount,unit\nwheat,3.1,t\nrice,250,kg\n", &[3_100_000, 250_000]),
        (b"item;amount;unit\nwheat;3,1;t\n", &[3_100_000]),
        (b"Item\tAmount\r\nwheat\t1,250.0 kg\r\n", &[1_250_000]),
        (b"\xEF\xBB\xBFitem,amount\nwheat,2 bag\n", &[50_000]),
        (b"art\xEDculo;cantidad\nwheat;1.250,5 kg\n", &[1_250_500]),
        (b"item;amount\nwheat;1.250 kg\nrice;0.5 kg\n", &[1_250, 500]),
        ("artículo,cantidad\nTrigo,\"7,5 kg\"\n".as_bytes(), &[7_500]),
        ("الصنف,الكمية\nقمح,٧ kg\n".as_bytes(), &[7_000]),
        (b"\n\nitem,amount\n\n\"wheat\",\"1,000,000 g\"\n", &[1_000_000]),
        (b"\xFF\xFEi\0t\0e\0m\0,\0a\0m\0o\0u\0n\0t\0\n\0w\0h\0e\0a\0t\0,\x001\0", &[1_000_000]),
    ];
    for (bytes, want) in cases {
        let counts = counts(bytes).unwrap();
        assert_eq!(counts.bad, [], "{}", String::from_utf8_lossy(bytes));
        let amounts: Vec<i64> = counts.good.iter().map(|row| row.seen.amount()).collect();
        assert_eq!(amounts, want, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn every_row_is_read_and_names_all_its_faults() {
    let file = "item,amount,store,batch,expires\nwheatt,many,nowhere,José,31/31/2027\nwheat,-3 kg,,A1,2027-01-31\n\
                wheat,1 kg,,A1,31.01.2027\nwheat,2 kg,,A1,2027-01-31\nrice,1 kg,,,01/02/2027\nrice,1,,,,x\nrice,,,,\n";
    let counts = counts(file.as_bytes()).unwrap();
    let told: Vec<String> = counts.flaws().map(ToString::to_string).collect();
    let want = [
        "line 2: store: 'nowhere' is not in the region file; write the code or name of one of its stores",
        "line 2: item: 'wheatt' is not in the region file; did you mean 'wheat'?",
        "line 2: batch: 'José' is no printed batch number; use up to 20 letters, digits and - . / _",
        "line 2: good_until: '31/31/2027' is no date that can be read without doubt; write it like 2026-03-31",
        "line 3: amount: '-3 kg' is below zero; write what is there or asked for, 0 or more",
        "line 5: the same batch stands on line 4; keep one row",
        "line 6: good_until: '01/02/2027' is no date that can be read without doubt; write it like 2026-03-31",
        "line 7: 6 cells under 5 headings; put text that holds the separator in quotation marks",
        "line 8: amount: nothing is written; write for example '12 kg'",
    ];
    assert_eq!(told, want);
    assert_eq!(counts.good.len(), 1);
    let mended = counts.to_mend(["line", "fault"], &|flaw| flaw.fault.to_string());
    let again = Sheet::read(mended.as_bytes(), &LIMITS).unwrap();
    assert_eq!((again.rows().len(), again.head.len()), (6, 7));
    let (region, stores) = region();
    let asked =
        read_counts(Sheet::read(b"item;amount\nwheat;1.250 kg", &LIMITS).unwrap(), &region, &stores, None);
    assert_eq!(asked.unwrap().bad[0].flaws[0].fault, Fault::TwoReadings("1.250 kg".into()));
    let said = Sheet::read(b"item;amount\nwheat;1.250 kg", &LIMITS).unwrap();
    let said = read_counts(said, &region, &stores, Some(DecimalMark::Comma)).unwrap();
    assert_eq!(said.good[0].seen.amount(), 1_250_000);
    let nowhere = Sheet::read(b"item,amount\nwheat,1\n", &LIMITS).unwrap();
    let flaws = read_counts(nowhere, &region, &[], None).unwrap_err();
    assert_eq!((flaws.len(), flaws[0].column), (1, "store"), "without one store the column is needed");
}

#[test]
fn a_workbook_is_read_like_a_text() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in [(0, "item"), (1, "amount"), (2, "unit"), (3, "expires")] {
        sheet.write(1, column, heading).unwrap();
    }
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2027, 3, 31).unwrap();
    let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    sheet.write(2, 0, "wheat").unwrap().write(2, 1, 0.1 + 0.2).unwrap().write(2, 2, "t").unwrap();
    sheet.write_with_format(2, 3, &day, &format).unwrap();
    sheet.write(5, 0, "rice").unwrap().write(5, 1, 3.125).unwrap();
    sheet.write(6, 0, "beans-dry").unwrap();
    let counts = counts(&book.save_to_buffer().unwrap()).unwrap();
    let rows: Vec<_> = counts.good.iter().map(|row| (row.line, row.seen.amount(), row.expires)).collect();
    assert_eq!(rows, [(3, 300_000, Day::parse("2027-03-31")), (6, 3_125, None)]);
    assert_eq!(counts.bad[0].line, 7);
}

#[test]
fn a_workbook_cannot_cost_more_than_it_may() {
    let far = {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "item").unwrap().write(0, 1, "amount").unwrap();
        sheet.write(1_048_575, 16_383, "far").unwrap();
        book.save_to_buffer().unwrap()
    };
    let told = cells(&far).unwrap_err();
    assert_eq!(told, ["line 1048576: there are more than 200 columns; leave the others out"]);
    let bomb = {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "item").unwrap();
        let long = "x".repeat(30_000);
        for row in 0..2_500 {
            sheet.write(row, 1, format!("{row}{long}")).unwrap();
        }
        book.save_to_buffer().unwrap()
    };
    assert!(bomb.len() < LIMITS.workbook_bytes);
    assert_eq!(
        cells(&bomb).unwrap_err()[0],
        "the workbook unpacks to more than 64 MiB; split it, or save the sheet as CSV"
    );
    // The archive's own statement of sizes is not believed.
    let mut lying = bomb;
    let mut at = 0;
    while let Some(found) = lying[at..].windows(4).position(|four| four == b"PK\x01\x02") {
        at += found;
        lying[at + 24..at + 28].copy_from_slice(&100u32.to_le_bytes());
        at += 4;
    }
    assert!(cells(&lying).is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_fall(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        drop(counts(&bytes));
        drop(counts(&[b"PK\x03\x04".as_slice(), &bytes].concat()));
        drop(counts(&[b"item,amount\n".as_slice(), &bytes].concat()));
    }

    /// What is written as a table is read as it was, whatever its cells hold.
    #[test]
    fn cells_survive(rows in proptest::collection::vec(("[a-z\",; \n]{0,12}", "[0-9\",;]{1,6}"), 1..20)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["item", "amount"]).unwrap();
        for (item, amount) in &rows {
            writer.write_record([item, amount]).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let read = cells(&bytes).unwrap();
        let want: Vec<_> = rows.iter().map(|(item, amount)| (item.trim().to_owned(), amount.clone())).collect();
        prop_assert_eq!(read.into_iter().map(|(_, item, amount)| (item, amount)).collect::<Vec<_>>(), want);
    }
}
