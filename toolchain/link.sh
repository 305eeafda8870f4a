#!/bin/sh
# Links BPF bitcode into an SBPF v3 program; rustc calls it as the linker.
#
# It runs from the folder that `cargo xtask build` prepares, beside the routines as bitcode. sbpf-linker takes LLVM
# from the library path, and this LLVM needs the C library and the loader that it was unpacked with.
set -eu
here=$(dirname "$0")
libraries=$here/../llvm-23/usr/lib/x86_64-linux-gnu
LD_LIBRARY_PATH=$libraries exec "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" \
  "$here/../sbpf-linker-0.2.6/bin/sbpf-linker" "$@" \
  --arch=v3 --llvm-args=--bpf-stack-size=4096 --export=entrypoint --deploy=false "$here"/*.bc
