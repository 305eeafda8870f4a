//! Accounts without positions, and what comes and goes.

use super::cases::Bench;
use solana_account::{AccountSharedData, WritableAccount};
use tenor_margin::instructions::SetDelegateArgs;
use tenor_margin::params::InterestModel;
use tenor_sdk::address::TOKEN_2022_PROGRAM;
use tenor_sdk::instruction::{self, TokenMove};
use tenor_sdk::market::HealthAccounts;
use tenor_testkit::action::{Accrue, CloseAccount, Deposit, GrowAccount, OpenAccount, SetDelegate, Transfer, Withdraw};
use tenor_testkit::mint::{mint_account, token_account};
use tenor_testkit::world::{admin, anyone};
use tenor_testkit::{Actor, Asset, Call, SOL, USDC, World, days, sol, usdc};

/// Of a deposit or withdrawal without positions.
const PLAIN: u64 = 12_000;
/// A token of the second token program.
const NEWER: Asset = Asset { symbol: "NEWER", ..SOL };
/// 5% where nothing is lent, more where much is; a fifth for the house.
const RATES: InterestModel = InterestModel {
    optimal_utilisation_e9: 600_000_000,
    base_rate_e9: 50_000_000,
    optimal_rate_e9: 230_000_000,
    max_rate_e9: 1_030_000_000,
    reserve_share_e9: 200_000_000,
};

impl Bench {
    pub(super) fn money(&mut self) {
        self.accounts();
        self.interest();
        self.newer_tokens();
    }

    fn accounts(&mut self) {
        let mut world = World::new();
        let owner = world.visitor("owner");
        let payer = anyone();
        for (case, actor, capacity) in [
            ("64 positions", &owner, 64),
            ("large class, 256 positions", &owner.with_account_number(1), 256),
        ] {
            let open = OpenAccount {
                payer: &payer,
                owner: actor,
                capacity,
            };
            self.land(&mut world, "open_account", case, open);
        }
        world.set_wallet(&owner, USDC, usdc(100));
        let (asset, atoms) = (USDC, usdc(100));
        world.end_set_up();
        let deposit = world.land(Deposit {
            depositor: &owner,
            to: &owner,
            asset,
            atoms,
        });
        self.within(PLAIN, "deposit", "without positions", &deposit);
        let atoms = usdc(50);
        let withdraw = world.land(Withdraw {
            owner: &owner,
            asset,
            atoms,
        });
        self.within(PLAIN, "withdraw", "without positions", &withdraw);
        let small = world.trader("small", &[(USDC, usdc(10)), (SOL, sol(1))]);
        let withdraw = world.land(Withdraw {
            owner: &small,
            asset: SOL,
            atoms: sol(1),
        });
        self.within(PLAIN, "withdraw", "a collateral, without positions", &withdraw);
        let grow = GrowAccount {
            payer: &payer,
            of: &small,
            capacity: 64,
        };
        self.land(&mut world, "grow_account", "from 32 to 64 positions", grow);
        let args = SetDelegateArgs {
            delegate: payer.address(),
            max_daily_loss_e9: 1_000_000_000,
        };
        self.land(&mut world, "set_delegate", "", SetDelegate { owner: &small, args });
        world.land(Withdraw {
            owner: &small,
            asset,
            atoms: usdc(10),
        });
        self.land(&mut world, "close_account", "", CloseAccount { owner: &small });
    }

    fn interest(&mut self) {
        let mut world = World::new();
        world.edit_house(|house| house.interest = RATES);
        let lender = world.trader("lender", &[(USDC, usdc(1_000))]);
        let other = lender.with_account_number(1);
        world.land(OpenAccount {
            payer: &anyone(),
            owner: &other,
            capacity: 32,
        });
        let borrower = world.trader("borrower", &[(SOL, sol(10))]);
        let asset = USDC;
        world.land(Withdraw {
            owner: &borrower,
            asset,
            atoms: usdc(600),
        });
        let later = |world: &mut World| {
            world.advance(days(30));
            world.refresh();
        };
        world.set_wallet(&lender, USDC, usdc(100));
        later(&mut world);
        world.end_set_up();
        let deposit = world.land(Deposit {
            depositor: &lender,
            to: &lender,
            asset,
            atoms: usdc(100),
        });
        let case = "without positions, interest of a month";
        self.within(PLAIN, "deposit", case, &deposit);
        later(&mut world);
        let withdraw = world.land(Withdraw {
            owner: &lender,
            asset,
            atoms: usdc(50),
        });
        self.within(PLAIN, "withdraw", case, &withdraw);
        later(&mut world);
        let repay = world.land(Withdraw {
            owner: &borrower,
            asset,
            atoms: usdc(1),
        });
        self.add(
            "withdraw",
            "of a borrower with one collateral, interest of a month",
            &repay,
        );
        later(&mut world);
        self.land(&mut world, "accrue", "interest of a month", Accrue { of: &borrower });
        later(&mut world);
        let transfer = Transfer {
            from: &lender,
            to: &other,
            asset,
            atoms: usdc(50),
        };
        self.land(&mut world, "transfer", case, transfer);
    }

    fn newer_tokens(&mut self) {
        let mut world = World::new();
        let of_program = |mut account: AccountSharedData| {
            account.set_owner(TOKEN_2022_PROGRAM);
            account
        };
        world.set_account(NEWER.mint(), of_program(mint_account(NEWER)));
        let boss = admin();
        let (mint, program) = (NEWER.mint(), TOKEN_2022_PROGRAM);
        let listing = instruction::add_collateral(boss.address(), mint, program, NEWER.collateral(0), None);
        self.land(
            &mut world,
            "add_collateral",
            "of Token-2022",
            Call::new(listing, [&boss]),
        );
        let owner = world.trader("owner", &[]);
        let wallet = owner.wallet(NEWER);
        world.set_account(wallet, of_program(token_account(&mint, &owner.address(), sol(1))));
        let transfer = move_of(&owner, world.picture().collateral_index(NEWER));
        let deposit = Call::new(instruction::deposit(&transfer), [&owner]);
        let case = "without positions, of Token-2022";
        world.end_set_up();
        let receipt = world.land(deposit);
        self.within(PLAIN, "deposit", case, &receipt);
        let none = HealthAccounts::default();
        let withdraw = Call::new(instruction::withdraw(&transfer, &none), [&owner]);
        let receipt = world.land(withdraw);
        self.within(PLAIN, "withdraw", case, &receipt);
    }
}

fn move_of(owner: &Actor, collateral_index: u8) -> TokenMove {
    TokenMove {
        authority: owner.address(),
        account: owner.account(),
        wallet: owner.wallet(NEWER),
        mint: NEWER.mint(),
        token_program: TOKEN_2022_PROGRAM,
        collateral_index,
        atoms: sol(1),
    }
}
