#!/bin/bash
# Builds the programs of Kubernetes from Go modules: static, without symbols, with the version in them.
#
#   kubernetes.sh OUT_DIR MINOR VERSION [COMMAND...]
#
# With COMMAND, such as kubeadm, only these programs are built. modules/MINOR/go.mod pins every version, and go.sum has every
# checksum: nothing else is trusted. VERSION is what the programs say of themselves. Needs Go 1.24 or later; the go command gets
# the version that go.mod asks for. GOCACHE keeps what is compiled: with another VERSION, only the linking is repeated.
set -euo pipefail
out=$(realpath -m "${1:?OUT_DIR}") minor=${2:?MINOR} version=${3:?VERSION}
shift 3
[ $# -gt 0 ] || set -- kubeadm kubelet kubectl kube-apiserver kube-controller-manager kube-scheduler kube-proxy
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/modules/$minor"
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false GOWORK=off

stamp=''
for package in component-base/version client-go/pkg/version; do
  for pair in "gitVersion=$version" gitMajor=1 "gitMinor=${minor#1.}" gitTreeState=clean; do
    stamp="$stamp -X k8s.io/$package.$pair"
  done
done
set -- "${@/#/k8s.io/kubernetes/cmd/}"
total=$(go list -deps "$@" | wc -l)
go build -v -trimpath -ldflags "-s -w $stamp" -o "$out/" "$@" 2>&1 | "$here/progress.sh" "Kubernetes $minor" "$total"
