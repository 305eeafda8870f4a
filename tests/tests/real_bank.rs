//! The whole story once more, on the bank of a validator: real account storage, real program cache, real slots.

use solana_account::{AccountSharedData, ReadableAccount};
use solana_clock::Clock;
use solana_hash::Hash;
use solana_program_test::{ProgramTest, ProgramTestContext};
use solana_pubkey::Pubkey;
use solana_transaction::versioned::VersionedTransaction;
use tenor_sdk::MARGIN_PROGRAM;
use tenor_sdk::address::program_data;
use tenor_testkit::bank::{Bank, Execution};
use tenor_testkit::world::upgrade_authority;
use tenor_testkit::{World, bytecode, upgrade};
use tokio::runtime::{Builder, Runtime};

struct RealBank {
    runtime: Runtime,
    context: ProgramTestContext,
    /// What the test set: each new slot would otherwise begin with the validator's own clock.
    clock: Clock,
    slot: u64,
}

impl RealBank {
    fn new() -> Self {
        // Unless told otherwise it logs every instruction.
        if std::env::var_os("RUST_LOG").is_none() {
            std::env::set_var("RUST_LOG", "error");
        }
        // One thread, so that the bank's own ticking rests while a slot ends.
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut test = ProgramTest::default();
        test.prefer_bpf(true);
        let data = upgrade::program_data_account(&bytecode::margin(), &upgrade_authority().address());
        test.add_genesis_account(program_data(), data.into());
        test.add_genesis_account(MARGIN_PROGRAM, upgrade::program_account().into());
        let context = runtime.block_on(test.start_with_context());
        let clock: Clock = runtime.block_on(context.banks_client.get_sysvar()).expect("a clock");
        let slot = clock.slot;
        Self {
            runtime,
            context,
            clock,
            slot,
        }
    }
}

impl Bank for RealBank {
    fn fresh_blockhash(&mut self) -> Hash {
        self.slot += 1;
        self.context.warp_to_slot(self.slot).expect("a later slot");
        self.context.set_sysvar(&self.clock);
        self.context.last_blockhash
    }

    fn execute(&mut self, transaction: VersionedTransaction) -> Execution {
        let client = &self.context.banks_client;
        let done = self
            .runtime
            .block_on(client.process_transaction_with_metadata(transaction))
            .expect("an answer");
        let (logs, compute_units, return_data) = done.metadata.map_or_else(Default::default, |meta| {
            let returned = meta.return_data.map(|returned| returned.data).unwrap_or_default();
            (meta.log_messages, meta.compute_units_consumed, returned)
        });
        Execution {
            result: done.result,
            logs,
            compute_units,
            return_data,
            inner: Vec::new(),
        }
    }

    fn account(&self, address: &Pubkey) -> Option<AccountSharedData> {
        let client = &self.context.banks_client;
        let found = self.runtime.block_on(client.get_account(*address)).expect("an answer");
        found
            .map(AccountSharedData::from)
            .filter(|account| account.lamports() > 0)
    }

    fn set_account(&mut self, address: Pubkey, account: AccountSharedData) {
        self.context.set_account(&address, &account);
    }

    fn clock(&self) -> Clock {
        self.clock.clone()
    }

    fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
        self.context.set_sysvar(&self.clock);
    }
}

#[test]
fn the_whole_story_adds_up_on_a_real_bank() {
    tenor_tests::story::tell(&mut World::on(RealBank::new()));
}
