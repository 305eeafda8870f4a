//! The mathematics gives the same on the bytecode as here: bit for bit, on every row of the vector files.

use tenor_kernels::{Kernel, Report, Request, Unmetered, inputs, run};
use tenor_tests::bench::KernelBench;

#[test]
fn every_kernel_gives_on_the_bytecode_what_it_gives_here() {
    let mut bench = KernelBench::new();
    for kernel in Kernel::ALL {
        let words = inputs::words(*kernel);
        for on_chain in bench.reports(*kernel, &words) {
            // The same rows again, in one go as the program ran them.
            let rows = usize::try_from(on_chain.next).unwrap();
            let first = on_chain.first;
            let request = Request {
                kernel: kernel.number(),
                first,
            };
            let here = run(request, &words[..rows * kernel.words()], &mut Unmetered).unwrap();
            assert_eq!(
                (on_chain.next, on_chain.results, on_chain.digest),
                (here.next, here.results, here.digest),
                "{kernel:?} from row {first}"
            );
        }
    }
}

#[test]
fn every_kernel_has_results() {
    for kernel in Kernel::ALL {
        let report: Report = run(
            Request {
                kernel: kernel.number(),
                first: 0,
            },
            &inputs::words(*kernel),
            &mut Unmetered,
        )
        .unwrap();
        assert!(report.results > 0, "{kernel:?}");
    }
}
