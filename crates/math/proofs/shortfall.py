"""Who bears a loss."""

from z3 import And, If, Ints

from proof import floor_of, proof, prove

SPLIT = ("mul_div(amount.get(), cumulative, total, Round::Down)", "due.saturating_sub(given)", "given = due")
PRO_RATA = (
    "mul_div(net, self.gross - self.debt, self.gross, Round::Down)",
    "mul_div(net, self.debt, self.gross, Round::Down)",
    "debt: if debt < gross { debt } else { gross }",
)


@proof("coverage", "Insurance and debt sum to the amount, and the fund pays no more than it holds",
       "liquidation/shortfall.rs: Coverage::of", "SMT, integers", ("amount.get().saturating_sub(insurance.get())",))
def coverage():
    amount, available = Ints("amount available")
    insurance = If(amount < available, amount, available)
    debt = If(amount > insurance, amount - insurance, 0)
    prove(And(insurance + debt == amount, insurance <= available, debt >= 0), amount >= 0, available >= 0)


@proof("split", "Shares of a shortfall sum to it exactly, none is negative, each is within one atom of its exact quota, and a "
       "weight of zero bears nothing", "liquidation/shortfall.rs: split_shortfall", "SMT, integers, induction over weights", SPLIT)
def split():
    amount, total, before, weight, given_, due = Ints("amount total before weight given due")
    premises = (amount >= 0, total > 0, before >= 0, weight >= 0, before + weight <= total,
                floor_of(given_, amount * before, total), floor_of(due, amount * (before + weight), total))
    share = due - given_
    prove(share >= 0, *premises, amount * weight >= 0)
    prove(And((share - 1) * total < amount * weight, amount * weight < (share + 1) * total), *premises)
    prove(share == 0, *premises, weight == 0)
    # What has been given after the last weight is the floor of the whole.
    prove(due == amount, amount >= 0, total > 0, floor_of(due, amount * total, total))


@proof("pro-rata", "Of a payout what is paid and what is collected never exceed it and leave at most one atom; over all payouts "
       "no more is collected than the debt", "liquidation/pro_rata.rs: ProRata::settle", "SMT, integers, induction over payouts",
       PRO_RATA)
def pro_rata():
    net, debt, gross, paid, collected = Ints("net debt gross paid collected")
    given = (0 <= net, net <= gross, gross > 0, 0 <= debt, debt <= gross,
             floor_of(paid, net * (gross - debt), gross), floor_of(collected, net * debt, gross))
    prove(And(paid + collected <= net, net - paid - collected <= 1), *given)
    # Invariant: collected so far x gross <= payouts so far x debt, and payouts sum to gross at most.
    so_far, payouts = Ints("so_far payouts")
    prove((so_far + collected) * gross <= (payouts + net) * debt, *given, so_far * gross <= payouts * debt)
    prove(so_far <= debt, gross > 0, debt >= 0, 0 <= payouts, payouts <= gross, so_far * gross <= payouts * debt,
          payouts * debt <= gross * debt)
    prove(payouts * debt <= gross * debt, debt >= 0, payouts <= gross)
