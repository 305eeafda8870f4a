//! Whole lots of a slice.

use super::Fraction;
use crate::MathError;
use crate::quantity::Lots;

/// Whole lots of each position that a slice moves, into `moved`: shorts round up and longs down ([`Fraction::of_lots`]),
/// and where that moves nothing, because only longs are held and the fraction is less than a lot of each, one lot of the
/// largest position (the first of equals) keeps the auction moving. So a slice of a positive fraction always makes
/// progress, takes no more than is held, and differs from the formula by less than one lot a position, or by at most one
/// for the lot that is forced.
///
/// # Errors
/// [`MathError::OutOfDomain`] for lengths that differ; [`MathError::Overflow`] for a position of `i64::MIN`.
pub fn whole_lots(fraction: Fraction, held: &[Lots], moved: &mut [Lots]) -> Result<(), MathError> {
    if held.len() != moved.len() {
        return Err(MathError::OutOfDomain);
    }
    let (mut moves_any, mut largest) = (false, 0);
    for (held, moved) in held.iter().zip(moved.iter_mut()) {
        *moved = fraction.of_lots(*held)?;
        moves_any |= *moved != Lots::ZERO;
        largest = largest.max(held.magnitude());
    }
    if moves_any || largest == 0 || fraction == Fraction::default() {
        return Ok(());
    }
    let first = held.iter().zip(moved).find(|(held, _)| held.magnitude() == largest);
    if let Some((_, moved)) = first {
        *moved = Lots::new(1);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::vec;
    use std::vec::Vec;

    fn moved(fraction_e18: u64, held: &[i64]) -> Result<Vec<i64>, MathError> {
        let held: Vec<_> = held.iter().copied().map(Lots::new).collect();
        let mut moved = vec![Lots::new(99); held.len()];
        whole_lots(Fraction::from_e18(fraction_e18)?, &held, &mut moved)?;
        Ok(moved.into_iter().map(Lots::get).collect())
    }

    #[test]
    fn shorts_round_up_and_longs_down() {
        assert_eq!(
            moved(250_000_000_000_000_000, &[10, -10, 0, -1, 1]),
            Ok(vec![2, -3, 0, -1, 0])
        );
        assert_eq!(moved(Fraction::ONE.e18(), &[10, -10]), Ok(vec![10, -10]));
    }

    #[test]
    fn one_lot_moves_where_rounding_leaves_none() {
        assert_eq!(moved(1, &[3, 7, 7]), Ok(vec![0, 1, 0]));
        assert_eq!(moved(1, &[3, -7]), Ok(vec![0, -1]));
        assert_eq!(moved(0, &[3, -7]), Ok(vec![0, 0]));
        assert_eq!(moved(1, &[0, 0]), Ok(vec![0, 0]));
        assert_eq!(moved(1, &[]), Ok(vec![]));
    }

    #[test]
    fn lengths_must_agree() {
        assert_eq!(
            whole_lots(Fraction::ONE, &[Lots::new(1)], &mut []),
            Err(MathError::OutOfDomain)
        );
        assert_eq!(moved(Fraction::ONE.e18(), &[i64::MIN]), Err(MathError::Overflow));
    }
}
