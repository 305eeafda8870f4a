//! A program without the house around it: one account in, return data out.

use crate::actor::Actor;
use crate::bank::rent;
use crate::bytecode;
use litesvm::LiteSVM;
use solana_account::Account;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::{AccountMeta, Instruction};
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_transaction::versioned::VersionedTransaction;

const PROGRAM: Pubkey = Pubkey::new_from_array([7; 32]);
const DATA: Pubkey = Pubkey::new_from_array([8; 32]);
/// The feature that lets programs read their remaining compute units; not every cluster has it.
const REMAINING_COMPUTE_UNITS: Pubkey = Pubkey::from_str_const("5TuppMutoyzhUSfuYdhgzD47F92GL1g89KpCZQKqedxP");
const COMPUTE_LIMIT: u32 = 1_400_000;

/// A program that reads one account.
pub struct LoneProgram {
    svm: LiteSVM,
    payer: Actor,
}

impl LoneProgram {
    /// Loads a program by the name of its library.
    ///
    /// # Panics
    /// If there is no bytecode or the machine refuses it.
    pub fn load(name: &str) -> Self {
        let mut features = LiteSVM::mainnet_feature_set();
        features.activate(&REMAINING_COMPUTE_UNITS, 0);
        let svm = LiteSVM::new().with_feature_set(features).with_builtins();
        let mut svm = svm.with_transaction_history(0);
        svm.add_program(PROGRAM, &bytecode::program(name))
            .expect("bytecode that the machine accepts");
        let payer = Actor::named("payer");
        svm.airdrop(&payer.address(), 1_000_000_000_000)
            .expect("an account with lamports");
        Self { svm, payer }
    }

    /// Writes the account that the program reads.
    ///
    /// # Panics
    /// If the bank refuses it.
    pub fn write(&mut self, data: Vec<u8>) {
        let account = Account {
            lamports: rent(data.len()),
            data,
            owner: PROGRAM,
            ..Account::default()
        };
        self.svm
            .set_account(DATA, account)
            .expect("an account that the bank accepts");
    }

    /// Calls the program and returns its return data.
    ///
    /// # Panics
    /// If it fails.
    pub fn call(&mut self, data: Vec<u8>) -> Vec<u8> {
        self.svm.expire_blockhash();
        let instruction = Instruction {
            program_id: PROGRAM,
            accounts: vec![AccountMeta::new_readonly(DATA, false)],
            data,
        };
        let limit = ComputeBudgetInstruction::set_compute_unit_limit(COMPUTE_LIMIT);
        let blockhash = self.svm.latest_blockhash();
        let message = Message::new_with_blockhash(&[limit, instruction], Some(&self.payer.address()), &blockhash);
        let transaction = VersionedTransaction::try_new(VersionedMessage::Legacy(message), &[self.payer.key()])
            .expect("a key for every signer");
        let done = self.svm.send_transaction(transaction).unwrap_or_else(|failed| {
            panic!("{:?}\n{}", failed.err, failed.meta.logs.join("\n"));
        });
        done.return_data.data
    }
}
