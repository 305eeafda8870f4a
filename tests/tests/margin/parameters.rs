//! Every governed parameter: its bounds, and the direction of change that has to wait. The numbers are written out here,
//! as in `docs/governance.md`, and not taken from the program.

use tenor_margin::MarginError;
use tenor_margin::governance::Change;
use tenor_margin::params::{CollateralTerms, FeeModel, HouseRisk, InterestModel, Timelock, WithdrawalWindow};
use tenor_margin::state::{FeedLimits, MarketLimits, RiskSettings, SurfaceLimits};
use tenor_testkit::action::{QueueChange, Tighten};
use tenor_testkit::world::{admin, house_terms};
use tenor_testkit::{Asset, Picture, SOL, World, assert_fails_with, assert_lands};

/// Every set as the world's house and SOL begin.
#[derive(Clone, Copy)]
pub struct Sets {
    pub house: HouseRisk,
    pub interest: InterestModel,
    pub fees: FeeModel,
    pub withdrawals: WithdrawalWindow,
    pub timelock: Timelock,
    pub collateral: CollateralTerms,
    pub feed: FeedLimits,
    pub risk: RiskSettings,
    pub market: MarketLimits,
    pub surface: SurfaceLimits,
}

impl Sets {
    pub fn listed() -> Self {
        let (house, sol) = (house_terms(), SOL.listing());
        Self {
            house: house.risk,
            interest: house.interest,
            fees: house.fees,
            withdrawals: house.withdrawals,
            timelock: house.timelock,
            collateral: CollateralTerms {
                haircut_e9: 100_000_000,
                deposit_cap_atoms: 1_000_000_000_000_000,
                window_cap_atoms: SOL.collateral(0).window_cap_atoms,
            },
            feed: sol.feed,
            risk: sol.risk,
            market: sol.market,
            surface: sol.surface,
        }
    }

    /// As they are now.
    pub fn of(picture: &Picture) -> Self {
        let (house, sol) = (picture.house(), picture.underlying(SOL));
        Self {
            house: house.risk,
            interest: house.interest,
            fees: house.fees,
            withdrawals: picture.market.registry().unwrap().withdrawals,
            timelock: house.timelock,
            collateral: CollateralTerms::of(picture.collateral(SOL)),
            feed: sol.feed,
            risk: sol.risk,
            market: sol.market,
            surface: sol.surface,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    Up,
    Down,
    Either,
}
use Waits::{Down, Either, Up};

/// One parameter.
pub struct Row {
    pub name: &'static str,
    pub of: Option<Asset>,
    pub bounds: (i128, i128),
    waits: Waits,
    get: fn(&Sets) -> i128,
    /// Writes a value; false if the field cannot hold it.
    pub set: fn(&mut Sets, i128) -> bool,
    pub change: fn(&Sets) -> Change,
}

macro_rules! rows {
    ($($set:ident of $of:expr => $change:expr; { $($field:ident $least:literal ..= $greatest:literal $waits:ident),* $(,)? })*) => {
        vec![$($(Row {
            name: concat!(stringify!($set), ".", stringify!($field)),
            of: $of,
            bounds: ($least, $greatest),
            waits: $waits,
            get: |sets| i128::from(sets.$set.$field),
            set: |sets, value| value.try_into().map(|value| sets.$set.$field = value).is_ok(),
            change: $change,
        }),*),*]
    };
}

/// Where a bound is another parameter of the world, that one's value stands here.
pub fn rows() -> Vec<Row> {
    rows! {
        house of None => |sets| Change::HouseRisk(sets.house); {
            correlation_credit_e9 0 ..= 1_000_000_000 Either,
            maintenance_factor_e9 500_000_000 ..= 1_000_000_000 Either,
            liquidation_target_e9 1_000_000_001 ..= 2_000_000_000 Either,
            full_close_below_e9 0 ..= 1_000_000_000_000 Either,
            auction_memory_seconds 0 ..= 86_400 Either,
        }
        interest of None => |sets| Change::Interest(sets.interest); {
            optimal_utilisation_e9 1 ..= 999_999_999 Either,
            base_rate_e9 0 ..= 80_000_000 Either,
            optimal_rate_e9 0 ..= 1_000_000_000 Either,
            max_rate_e9 80_000_000 ..= 10_000_000_000 Either,
            reserve_share_e9 0 ..= 500_000_000 Either,
        }
        fees of None => |sets| Change::Fees(sets.fees); {
            taker_e9 100_000 ..= 5_000_000 Either,
            maker_e9 0 ..= 300_000 Either,
            cap_e9 0 ..= 250_000_000 Either,
            insurance_share_e9 100_000_000 ..= 1_000_000_000 Either,
        }
        withdrawals of None => |sets| Change::Withdrawals(sets.withdrawals); {
            window_seconds 3_600 ..= 604_800 Either,
            small_withdrawal_e9 100_000_000_000 ..= 100_000_000_000_000 Either,
        }
        timelock of None => |sets| Change::Timelock(sets.timelock); {
            delay_seconds 172_800 ..= 2_592_000 Either,
            ttl_seconds 86_400 ..= 1_209_600 Either,
        }
        collateral of None => |sets| Change::Collateral { index: 1, terms: sets.collateral }; {
            haircut_e9 0 ..= 500_000_000 Either,
            deposit_cap_atoms 0 ..= 10_000_000_000_000_000 Up,
            window_cap_atoms 50_000_000_000_000 ..= 1_000_000_000_000_000 Either,
        }
        feed of Some(SOL) => |sets| Change::Feed(sets.feed); {
            max_confidence_e9 5_000_000 ..= 100_000_000 Up,
            max_stored_confidence_e9 20_000_000 ..= 300_000_000 Either,
            max_age_seconds 10 ..= 120 Either,
            unusable_age_seconds 600 ..= 86_400 Either,
            max_liquidation_age_seconds 5 ..= 30 Either,
            max_risk_age_seconds 60 ..= 3_600 Either,
            max_drift_e9 100_000 ..= 30_000_000 Either,
            max_surface_age_seconds 60 ..= 86_400 Either,
        }
        risk of Some(SOL) => |sets| Change::Risk(sets.risk); {
            range_floor_e9 50_000_000 ..= 400_000_000 Either,
            range_cap_e9 180_000_000 ..= 780_000_000 Either,
            range_deviations_e9 1_000_000_000 ..= 10_000_000_000 Either,
            range_horizon_hours 1 ..= 720 Either,
            variance_decay_e9 900_000_000 ..= 999_000_000 Either,
            volatility_up_e9 50_000_000 ..= 1_000_000_000 Either,
            volatility_down_e9 50_000_000 ..= 1_000_000_000 Either,
            volatility_floor_e9 10_000_000 ..= 1_000_000_000 Either,
            short_power_e9 0 ..= 400_000_000 Either,
            long_power_e9 0 ..= 400_000_000 Either,
            initial_short_e9 3_000_000 ..= 100_000_000 Down,
            maintenance_short_e9 0 ..= 5_000_000 Either,
            roll_e9 0 ..= 100_000_000 Either,
            concentration_e9 0 ..= 200_000_000 Down,
            free_share_e9 0 ..= 1_000_000_000 Up,
            free_lots 0 ..= 1_099_511_627_776 Up,
            unpaired_short_e9 50_000_000 ..= 1_000_000_000 Down,
        }
        market of Some(SOL) => |sets| Change::Market(sets.market); {
            strike_step_e9 1 ..= 18_446_744_073_709_551_615 Either,
            strike_window_low_e9 10_000_000 ..= 1_000_000_000 Down,
            strike_window_high_e9 1_000_000_000 ..= 10_000_000_000 Up,
            max_tenor_seconds 604_800 ..= 63_072_000 Up,
            band_of_mark_e9 0 ..= 500_000_000 Either,
            band_of_spot_e9 1_000_000 ..= 50_000_000 Either,
            max_open_interest_lots 1 ..= 1_099_511_627_776 Up,
            min_forward_ratio_e9 500_000_000 ..= 1_000_000_000 Either,
            min_discount_e9 500_000_000 ..= 1_000_000_000 Either,
        }
        surface of Some(SOL) => |sets| Change::Surface(sets.surface); {
            max_step_e9 1_000_000 ..= 200_000_000 Either,
            max_hourly_step_e9 200_000_000 ..= 300_000_000 Either,
            max_daily_step_e9 300_000_000 ..= 500_000_000 Either,
            max_carry_step_e9 100_000 ..= 5_000_000 Either,
            max_hourly_carry_step_e9 5_000_000 ..= 10_000_000 Either,
            max_daily_carry_step_e9 10_000_000 ..= 20_000_000 Either,
            min_interval_seconds 0 ..= 600 Either,
        }
    }
}

/// The table names every field of every set: a parameter that is added without a row does not compile away unseen.
#[test]
fn the_table_names_every_parameter() {
    let bytes = [
        size_of::<HouseRisk>(),
        size_of::<InterestModel>(),
        size_of::<FeeModel>(),
        size_of::<WithdrawalWindow>(),
        size_of::<Timelock>(),
        size_of::<CollateralTerms>(),
        size_of::<FeedLimits>(),
        size_of::<RiskSettings>(),
        size_of::<MarketLimits>(),
        size_of::<SurfaceLimits>(),
    ];
    assert_eq!(
        rows().len() * 8,
        bytes.iter().sum::<usize>(),
        "each field has eight bytes"
    );
}

#[test]
fn each_parameter_is_accepted_at_both_ends_of_its_bounds_and_refused_just_beyond() {
    let mut world = World::new();
    let admin = admin();
    for row in rows() {
        let (least, greatest) = row.bounds;
        for (value, accepted) in [
            (least - 1, false),
            (least, true),
            (greatest, true),
            (greatest + 1, false),
        ] {
            let mut sets = Sets::listed();
            if !(row.set)(&mut sets, value) || value == (row.get)(&Sets::listed()) {
                continue;
            }
            let outcome = world.send(QueueChange {
                admin: &admin,
                of: row.of,
                change: (row.change)(&sets),
            });
            if accepted {
                assert!(outcome.is_ok(), "{} = {value} is refused: {outcome:?}", row.name);
            } else {
                println!("{} = {value}", row.name);
                assert_fails_with(outcome, MarginError::ParameterOutOfRange);
            }
        }
    }
}

#[test]
fn each_loosening_is_refused_at_once_and_each_tightening_is_made_at_once() {
    let mut world = World::new();
    let admin = admin();
    let mut sets = Sets::listed();
    let (mut refused, mut made) = (0, 0);
    for row in rows() {
        let present = (row.get)(&sets);
        let (least, greatest) = row.bounds;
        for (value, is_loosening) in [(present + 1, row.waits != Down), (present - 1, row.waits != Up)] {
            if !(least..=greatest).contains(&value) {
                continue;
            }
            let mut to = sets;
            assert!((row.set)(&mut to, value), "{} cannot hold {value}", row.name);
            let outcome = world.send(Tighten {
                admin: &admin,
                of: row.of,
                change: (row.change)(&to),
            });
            println!("{} = {value}", row.name);
            if is_loosening {
                assert_fails_with(outcome, MarginError::ChangeLoosens);
                refused += 1;
            } else {
                assert_lands(outcome);
                sets = to;
                made += 1;
            }
        }
    }
    // 11 tighten in one direction and loosen in the other; of the others 11 stand at an end of their bounds: base rate,
    // delay, age and interval of the surface and its six steps, the window's cap.
    assert_eq!(made, 11, "tightenings");
    assert_eq!(refused, 11 + 2 * (rows().len() - 11) - 11, "loosenings");
}
