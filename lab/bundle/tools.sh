#!/bin/bash
# Builds what a cluster needs in addition to Kubernetes, from Go modules with pinned versions and checksums.
#
#   tools.sh OUT_DIR NAME
#
# NAME is a folder of modules/:
#   addons                  etcd and its tools, CoreDNS and flannel: one module, whose dependencies are those of the newest
#                           Kubernetes where both have them, so that they are compiled once; also kube-flannel.yml
#   etcd-3.6.5, etcd-3.6.8  the etcd of older releases of Kubernetes
#   containerd              containerd 2 with its shim and ctr
#   cni-flannel             flannel's CNI plug-in, from the last release of the CNI plug-ins that has it
set -euo pipefail
out=$(realpath -m "${1:?OUT_DIR}") name=${2:?NAME}
here=$(cd "$(dirname "$0")" && pwd)
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false GOWORK=off
# sources are added to a module: not in the checkout
source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT
cp -r "$here/modules/$name/." "$source"
cd "$source"

# compile LINKER_FLAGS OUT PACKAGE...
compile() {
  local total
  total=$(go list -deps "${@:3}" | wc -l)
  go build -v -trimpath -ldflags "-s -w $1" -o "${@:2}" 2>&1 | "$here/progress.sh" "$name" "$total"
}

case $name in
  addons)
    # its folder is known only after the download
    go mod download github.com/flannel-io/flannel
    flannel=$(go list -m -f '{{.Dir}}' github.com/flannel-io/flannel)
    # flannel's own program, without a back end whose dependency is not available and one that needs cgo
    mkdir flannel
    sed '/backend\/tencentvpc/d; /backend\/udp/d' "$flannel/main.go" >flannel/main.go
    version=$(go list -m -f '{{.Version}}' github.com/flannel-io/flannel)
    compile "-X github.com/flannel-io/flannel/pkg/version.Version=$version" "$out/" \
      ./coredns ./flannel go.etcd.io/etcd/{server,etcdctl,etcdutl}/v3
    mv "$out/server" "$out/etcd"
    install -m 644 "$flannel/Documentation/kube-flannel.yml" "$out/"
    ;;
  etcd-*) compile '' "$out/etcd" go.etcd.io/etcd/server/v3 ;;
  containerd)
    version=$(go list -m -f '{{.Version}}' github.com/containerd/containerd/v2)
    compile "-X github.com/containerd/containerd/v2/version.Version=$version" "$out/" \
      github.com/containerd/containerd/v2/cmd/{containerd,ctr,containerd-shim-runc-v2}
    ;;
  cni-flannel) compile '' "$out/flannel" github.com/containernetworking/plugins/plugins/meta/flannel ;;
esac
