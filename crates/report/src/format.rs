//! Numbers as text. Amounts are rounded half away from zero, and never pass through a float.

use jiff::Timestamp;

/// Stands for a number that does not exist.
pub(crate) const NONE: &str = "–";

const MINUS: &str = "−";

/// USD x 1e9 as dollars and cents: `−$1,204.33`.
pub(crate) fn usd(usd_e9: i128) -> String {
    let cents = (usd_e9.unsigned_abs() + 5_000_000) / 10_000_000;
    let sign = if usd_e9 < 0 && cents > 0 { MINUS } else { "" };
    format!("{sign}${}.{:02}", grouped(cents / 100), cents % 100)
}

/// Atoms as whole tokens with every decimal: `1,204.330000`.
pub(crate) fn tokens(atoms: i128, decimals: u8) -> String {
    let sign = if atoms < 0 { MINUS } else { "" };
    let size = atoms.unsigned_abs();
    match 10_u128.checked_pow(u32::from(decimals)) {
        Some(unit) if decimals > 0 => {
            let width = usize::from(decimals);
            format!("{sign}{}.{:0width$}", grouped(size / unit), size % unit)
        }
        _ => format!("{sign}{}", grouped(size)),
    }
}

/// A signed count: `−40,000`.
pub(crate) fn count(value: i128) -> String {
    let sign = if value < 0 { MINUS } else { "" };
    format!("{sign}{}", grouped(value.unsigned_abs()))
}

/// Hundredths of a percent, with one decimal: `−20.9%`.
pub(crate) fn percent(bps: i128) -> String {
    let tenths = (bps.unsigned_abs() + 5) / 10;
    let sign = if bps < 0 && tenths > 0 { MINUS } else { "" };
    format!("{sign}{}.{}%", grouped(tenths / 10), tenths % 10)
}

/// Position on the run's clock: `1:04.250`.
pub(crate) fn moment(elapsed_ms: u64) -> String {
    let (minutes, seconds) = (elapsed_ms / 60_000, elapsed_ms / 1_000 % 60);
    format!("{minutes}:{seconds:02}.{:03}", elapsed_ms % 1_000)
}

/// A length of time in the unit that suits it: `640 ms`, `4.2 s`, `2 min 5 s`.
pub(crate) fn duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms / 1_000 % 60),
    }
}

/// Date and time of day: `10 October 2025, 21:10:00 UTC`.
pub(crate) fn date(unix_secs: i64) -> String {
    Timestamp::from_second(unix_secs).map_or_else(
        |_| NONE.to_owned(),
        |at| at.strftime("%-d %B %Y, %H:%M:%S UTC").to_string(),
    )
}

/// First and last characters of an address or signature; the page carries the whole beside it.
pub(crate) fn abbreviated(text: &str) -> String {
    const HEAD: usize = 6;
    const TAIL: usize = 4;
    let length = text.chars().count();
    if length <= HEAD + TAIL + 1 {
        return text.to_owned();
    }
    let head: String = text.chars().take(HEAD).collect();
    let tail: String = text.chars().skip(length - TAIL).collect();
    format!("{head}…{tail}")
}

/// The size of a float with this many decimals, for axes: `1,204.5`.
pub(crate) fn size(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", separated(whole)),
        None => separated(&text),
    }
}

fn grouped(value: u128) -> String {
    separated(&value.to_string())
}

fn separated(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_round_to_the_cent_away_from_zero() {
        assert_eq!(usd(0), "$0.00");
        assert_eq!(usd(1_204_325_000_000), "$1,204.33");
        assert_eq!(usd(-1_204_325_000_000), "−$1,204.33");
        assert_eq!(usd(1_204_324_999_999), "$1,204.32");
        assert_eq!(usd(-4_999_999), "$0.00");
        assert_eq!(usd(999_995_000_000), "$1,000.00");
        assert!(usd(i128::MIN).starts_with("−$170,141,183,"));
    }

    #[test]
    fn tokens_keep_every_decimal() {
        assert_eq!(tokens(1_204_330_000, 6), "1,204.330000");
        assert_eq!(tokens(-1, 9), "−0.000000001");
        assert_eq!(tokens(7, 0), "7");
        assert_eq!(tokens(7, 200), "7");
    }

    #[test]
    fn percentages_have_one_decimal() {
        assert_eq!(percent(-2_091), "−20.9%");
        assert_eq!(percent(-4), "0.0%");
        assert_eq!(percent(123_455), "1,234.6%");
    }

    #[test]
    fn times_take_the_unit_that_suits_them() {
        assert_eq!(moment(64_250), "1:04.250");
        assert_eq!(duration(640), "640 ms");
        assert_eq!(duration(4_260), "4.2 s");
        assert_eq!(duration(125_000), "2 min 5 s");
        assert_eq!(date(1_760_130_600), "10 October 2025, 21:10:00 UTC");
        assert_eq!(date(i64::MAX), NONE);
    }

    #[test]
    fn long_names_are_abbreviated_by_characters() {
        assert_eq!(abbreviated("short"), "short");
        assert_eq!(abbreviated("éééééééééééééé"), "éééééé…éééé");
    }
}
