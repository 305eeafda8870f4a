//! A bank in memory: LiteSVM with the bytecode of the last build.

use crate::bank::{Bank, Execution, Inner};
use crate::{bytecode, upgrade};
use litesvm::LiteSVM;
use litesvm::types::TransactionMetadata;
use solana_account::{AccountSharedData, ReadableAccount};
use solana_clock::Clock;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_transaction::versioned::VersionedTransaction;
use tenor_sdk::MARGIN_PROGRAM;
use tenor_sdk::address::program_data;

/// LiteSVM with the clearing house loaded.
pub struct LiteBank {
    svm: LiteSVM,
}

impl LiteBank {
    /// Loads the program; `authority` may upgrade it.
    ///
    /// # Panics
    /// If there is no bytecode or the machine refuses it.
    pub fn new(authority: &Pubkey) -> Self {
        let bytecode = bytecode::margin();
        // No history: a transaction that is sent again is a new one, because the blockhash is.
        let mut svm = LiteSVM::new().with_transaction_history(0).with_log_bytes_limit(None);
        svm.add_program(MARGIN_PROGRAM, &bytecode)
            .expect("bytecode that the machine accepts");
        svm.set_account(
            program_data(),
            upgrade::program_data_account(&bytecode, authority).into(),
        )
        .expect("a data account");
        Self { svm }
    }

    /// Loads another program.
    ///
    /// # Panics
    /// If there is no bytecode or the machine refuses it.
    pub fn add_program(&mut self, address: Pubkey, library: &str) {
        let bytecode = bytecode::program(library);
        self.svm
            .add_program(address, &bytecode)
            .expect("bytecode that the machine accepts");
    }
}

impl Bank for LiteBank {
    fn fresh_blockhash(&mut self) -> Hash {
        self.svm.expire_blockhash();
        self.svm.latest_blockhash()
    }

    fn execute(&mut self, transaction: VersionedTransaction) -> Execution {
        let keys = transaction.message.static_account_keys().to_vec();
        match self.svm.send_transaction(transaction) {
            Ok(meta) => execution(Ok(()), meta, &keys),
            Err(failed) => execution(Err(failed.err), failed.meta, &keys),
        }
    }

    fn account(&self, address: &Pubkey) -> Option<AccountSharedData> {
        self.svm
            .accounts_db()
            .get_account(address)
            .filter(|account| account.lamports() > 0)
    }

    fn set_account(&mut self, address: Pubkey, account: AccountSharedData) {
        self.svm
            .set_account(address, account.into())
            .expect("an account that the bank accepts");
    }

    fn clock(&self) -> Clock {
        self.svm.get_sysvar()
    }

    fn set_clock(&mut self, clock: Clock) {
        self.svm.set_sysvar(&clock);
    }
}

fn execution(
    result: Result<(), solana_transaction_error::TransactionError>,
    meta: TransactionMetadata,
    keys: &[Pubkey],
) -> Execution {
    let inner = meta.inner_instructions.into_iter().flatten().map(|inner| Inner {
        program: keys
            .get(usize::from(inner.instruction.program_id_index))
            .copied()
            .unwrap_or_default(),
        data: inner.instruction.data,
    });
    Execution {
        result,
        inner: inner.collect(),
        logs: meta.logs,
        compute_units: meta.compute_units_consumed,
        return_data: meta.return_data.data,
    }
}
