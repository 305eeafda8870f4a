//! Compute units and priority fee of a transaction.

use crate::config::FeePolicy;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;

/// Most compute units that the chain gives a transaction.
const MOST_UNITS: u32 = 1_400_000;
const MICRO: u128 = 1_000_000;

/// What a transaction asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Most compute units.
    pub units: u32,
    /// Priority fee, millionths of a lamport per unit.
    pub micro_lamports_per_unit: u64,
}

impl Budget {
    /// For a simulation: all that the chain gives, so that it shows what is needed.
    pub const fn unlimited() -> Self {
        Self {
            units: MOST_UNITS,
            micro_lamports_per_unit: 0,
        }
    }

    /// For sending: what a simulation used and a margin above it, at the policy's price or what the cap leaves of it.
    pub fn for_simulated(used: u64, policy: &FeePolicy) -> Self {
        let percent = u64::from(policy.compute_margin_percent).saturating_add(100);
        let units = u32::try_from(used.saturating_mul(percent).div_ceil(100))
            .unwrap_or(MOST_UNITS)
            .clamp(1, MOST_UNITS);
        let affordable = u128::from(policy.cap_lamports)
            .saturating_mul(MICRO)
            .checked_div(u128::from(units))
            .unwrap_or(0);
        let affordable = u64::try_from(affordable).unwrap_or(u64::MAX);
        Self {
            units,
            micro_lamports_per_unit: policy.micro_lamports_per_unit.min(affordable),
        }
    }

    /// Priority fee, lamports, rounded up as the chain does.
    pub fn fee_lamports(&self) -> u64 {
        let micro = u128::from(self.units).saturating_mul(u128::from(self.micro_lamports_per_unit));
        u64::try_from(micro.div_ceil(MICRO)).unwrap_or(u64::MAX)
    }

    /// The intent's instructions after those of the budget.
    pub fn prepend(&self, instructions: &[Instruction]) -> Vec<Instruction> {
        let mut all = vec![
            ComputeBudgetInstruction::set_compute_unit_limit(self.units),
            ComputeBudgetInstruction::set_compute_unit_price(self.micro_lamports_per_unit),
        ];
        all.extend_from_slice(instructions);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: FeePolicy = FeePolicy {
        micro_lamports_per_unit: 10_000,
        cap_lamports: 1_000,
        compute_margin_percent: 10,
    };

    #[test]
    fn the_margin_is_added_to_what_was_used() {
        assert_eq!(Budget::for_simulated(100_001, &POLICY).units, 110_002);
    }

    #[test]
    fn units_never_exceed_what_the_chain_gives() {
        assert_eq!(Budget::for_simulated(1_390_000, &POLICY).units, MOST_UNITS);
        assert_eq!(Budget::for_simulated(u64::MAX, &POLICY).units, MOST_UNITS);
    }

    #[test]
    fn the_cap_lowers_the_price_of_a_large_transaction() {
        assert_eq!(Budget::for_simulated(50_000, &POLICY).micro_lamports_per_unit, 10_000);
        let large = Budget::for_simulated(1_000_000, &POLICY);
        assert!(large.micro_lamports_per_unit < 10_000);
        assert!(large.fee_lamports() <= POLICY.cap_lamports);
    }
}
