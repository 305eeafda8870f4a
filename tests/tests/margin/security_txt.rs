//! Whom to tell about a hole, found in the bytecode as anyone finds it on chain.

use tenor_margin::security_txt::TEXT;
use tenor_testkit::bytecode;

#[test]
fn the_bytecode_says_whom_to_tell_about_a_hole() {
    let bytecode = bytecode::margin();
    let place = bytecode
        .windows(TEXT.len())
        .position(|window| window == TEXT)
        .expect("the text in the bytecode");
    let text = &bytecode[place..place + TEXT.len()];
    let body = text
        .strip_prefix(b"=======BEGIN SECURITY.TXT V1=======\0")
        .and_then(|rest| rest.strip_suffix(b"=======END SECURITY.TXT V1=======\0"))
        .expect("the marks that tools search for");
    let words: Vec<&str> = body
        .strip_suffix(b"\0")
        .expect("a zero after the last value")
        .split(|byte| *byte == 0)
        .map(|word| std::str::from_utf8(word).unwrap())
        .collect();
    let pairs: Vec<(&str, &str)> = words.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    assert_eq!(pairs.len() * 2, words.len(), "a value for every key");
    for required in ["name", "project_url", "contacts", "policy"] {
        assert!(
            pairs.iter().any(|(key, value)| *key == required && !value.is_empty()),
            "{required} is missing"
        );
    }
}
