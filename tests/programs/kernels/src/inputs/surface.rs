//! Inputs of slices, eSSVI and raw SVI.

use super::{Line, decimal, lines, number, signed_binary, signed_decimal};
use crate::kernel::Kernel;
use tenor_math::surface::{RawSvi, RawSviParams, Slice};

pub(super) fn rows(kernel: Kernel) -> Option<Vec<Vec<u64>>> {
    Some(match kernel {
        Kernel::PairAccept => {
            let slices = of_slices(|slice, _| Some(slice.to_vec()));
            // Each slice with itself, scaled: later expiries have more variance.
            let pair = |near: &Vec<u64>| {
                [
                    near[0],
                    near[1],
                    near[2],
                    near[0] + near[0] / 7,
                    near[1],
                    near[2] + near[2] / 15,
                ]
                .to_vec()
            };
            slices.iter().map(pair).collect()
        }
        Kernel::SliceAccept => of_slices(|slice, _| Some(slice.to_vec())),
        Kernel::SliceVariance => of_slices(|slice, log| Some([slice.as_slice(), &[log]].concat())),
        Kernel::RawAccept | Kernel::RawRefuse => raw_slices(),
        Kernel::RawCalendar | Kernel::RawCalendarRefuse => raw_pairs(),
        Kernel::RawVariance | Kernel::RawDensity => raw_points(),
        _ => return None,
    })
}

/// Slice parameters x 1e12 and ln(F/K), Q56.
fn of_slices(row: impl Fn(&[u64; 3], u64) -> Option<Vec<u64>>) -> Vec<Vec<u64>> {
    let lines = lines("ssvi_cases.csv");
    let lines = lines.iter().filter_map(|line| {
        let theta = number(line, "theta");
        let slice = [
            decimal(theta, 12)?,
            signed_decimal(number(line, "rho"), 12)?,
            decimal(theta * number(line, "phi"), 12)?,
        ];
        // What is refused has no variance.
        Slice::try_new(slice[0], slice[1].cast_signed(), slice[2]).ok()?;
        row(&slice, signed_binary(-number(line, "k"), 56)?)
    });
    lines.collect()
}

/// Parameters x 1e12 from the columns of a slice.
fn raw(line: &Line, suffix: &str) -> Option<Vec<u64>> {
    let column = |name: &str| signed_decimal(number(line, &format!("{name}{suffix}")), 12);
    ["a", "b", "rho", "m", "sigma"].into_iter().map(column).collect()
}

/// Slices x 1e6 whose density is small on a whole wing and must be sampled finely there, found by search: the first is
/// accepted after 191 samples of at most 192, the second refused at the 193rd, beyond which none goes.
const FINE: [[i64; 5]; 2] = [
    [658, 1_600, 419_514, -1_400_656, 283],
    [564, 1_485, 452_298, -1_373_066, 327],
];
/// Pairs x 1e6, near and far, that nearly touch where both bend most, found by search: 83 intervals to acceptance, 56 to
/// refusal, which is certain at 256.
const CLOSE: [[[i64; 5]; 2]; 2] = [
    [[313, 805, 255_813, 30_991, 341], [350, 2_294, 528_013, -31_097, 139]],
    [[313, 805, 255_813, 30_991, 341], [350, 2_294, 528_037, -31_097, 139]],
];

fn e12(slice_e6: [i64; 5]) -> Vec<u64> {
    slice_e6.map(|e6| (e6 * 1_000_000).cast_unsigned()).to_vec()
}

/// The slices with published verdicts, then those that cost most.
fn raw_slices() -> Vec<Vec<u64>> {
    let published = lines("svi_slices.csv");
    let published = published.iter().filter_map(|line| raw(line, ""));
    published.chain(FINE.map(e12)).collect()
}

fn of_raw(words: &[u64]) -> Option<RawSvi> {
    let [a, b, rho, m, sigma] = *words else {
        return None;
    };
    RawSvi::try_new(RawSviParams {
        a_e12: a.cast_signed(),
        b_e12: b,
        rho_e12: rho.cast_signed(),
        m_e12: m.cast_signed(),
        sigma_e12: sigma,
    })
    .ok()
}

/// The pairs of the file whose slices are accepted, then those that cost most.
fn raw_pairs() -> Vec<Vec<u64>> {
    let pair = |line: &Line| {
        let (near, far) = (raw(line, "1")?, raw(line, "2")?);
        of_raw(&near)?;
        of_raw(&far)?;
        Some([near, far].concat())
    };
    let published = lines("svi_calendar.csv");
    let published = published.iter().filter_map(pair);
    published.chain(CLOSE.map(|pair| pair.map(e12).concat())).collect()
}

/// Points of the accepted slices of the file.
fn raw_points() -> Vec<Vec<u64>> {
    let slices = lines("svi_slices.csv");
    let row = |line: &Line| {
        let slice = slices.iter().find(|slice| slice["name"] == line["name"])?;
        let mut words = raw(slice, "")?;
        of_raw(&words)?;
        words.push(signed_binary(number(line, "k"), 56)?);
        Some(words)
    };
    lines("svi_cases.csv").iter().filter_map(row).collect()
}
