#!/bin/bash
# Builds a bundle of Kubernetes 1.20.2 (binaries and image archives) from Debian's own source package, because the lab
# must work where container registries cannot be reached. Needs Debian bookworm and root; takes minutes on two cores.
#
#   build.sh OUT_DIR WORK_DIR
#
# OUT_DIR gets bin/ and images/. WORK_DIR keeps sources and build caches between attempts.
set -euo pipefail
out=$(realpath -m "${1:?OUT_DIR}")
work=$(realpath -m "${2:?WORK_DIR}")
here=$(cd "$(dirname "$0")" && pwd)
version=v1.20.2
mkdir -p "$out"/{bin,images} "$work"

say() { echo "bundle: $*"; }

sources() {
  say "getting the sources"
  # the entry for sources, in addition to the one for binaries
  sed -n '/^Types/,/^$/p' /etc/apt/sources.list.d/debian.sources |
    sed 's/^Types: .*/Types: deb-src/; s/^Suites: bookworm .*/Suites: bookworm/' >/etc/apt/sources.list.d/coxswain-lab-src.sources
  apt-get update -qq
  apt-get install -y -qq -o DPkg::Lock::Timeout=600 --no-install-recommends golang-go golang-github-modern-go-reflect2-dev \
    golang-github-modern-go-concurrent-dev dpkg-dev mmdebstrap gcc libc6-dev >/dev/null
  # Debian's Go, whatever else is installed: from Go 1.25.2 on net/url refuses the `https://[10.96.0.1]:1234/` that kubeadm
  # 1.20 makes in its preflight checks, and init fails
  export PATH=/usr/lib/go/bin:$PATH
  unset GOROOT
  tree=$work/gopath/src/k8s.io/kubernetes
  [ -e "$work/sources-done" ] && return
  rm -rf "$tree"
  mkdir -p "$(dirname "$tree")"
  (cd "$work" && apt-get source --download-only kubernetes >/dev/null 2>&1 && dpkg-source --no-check -x kubernetes_*.dsc "$tree" >/dev/null)
  # the vendored reflect2 crashes with Go 1.18 and later; Debian's package of it does not
  rm -rf "$tree/vendor/github.com/modern-go/reflect2"
  cp -rL /usr/share/gocode/src/github.com/modern-go/reflect2 "$tree/vendor/github.com/modern-go/"
  touch "$work/sources-done"
}

# kube-apiserver lacks one generated file; the generator is in its own vendor folder
openapi() {
  [ -e "$tree/pkg/generated/openapi/zz_generated.openapi.go" ] && return
  say "generating openapi"
  go build -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  local packages
  packages=$( (
    grep -rl --include=*.go '+k8s:openapi-gen=' pkg cmd plugin
    grep -Rl --include=*.go '+k8s:openapi-gen=' vendor/k8s.io
  ) 2>/dev/null | grep -v -E 'code-generator|sample-apiserver|_test.go|vendor/k8s.io/kube-openapi|zz_generated.openapi' |
    xargs -n1 dirname | sort -u | sed 's#^#k8s.io/kubernetes/#' | paste -sd,)
  "$work/openapi-gen" -i "$packages" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi \
    -h vendor/k8s.io/code-generator/hack/boilerplate.go.txt -r "$work/violations" --output-base "$GOPATH/src" 2>/dev/null
}

binaries() {
  export CGO_ENABLED=0 GO111MODULE=off GOPATH=$work/gopath GOFLAGS='' GOCACHE=$work/go-cache
  cd "$tree"
  openapi
  say "compiling"
  local flags='' package pair
  for package in component-base/version client-go/pkg/version; do
    for pair in gitVersion=$version gitMajor=1 gitMinor=20 gitTreeState=clean gitCommit=faecb196815e248d3ecfb03c680a4507229c2a56; do
      flags="$flags -X k8s.io/kubernetes/vendor/k8s.io/$package.$pair"
    done
  done
  go build -p 2 -trimpath -ldflags "-s -w $flags" -o "$out/bin/" \
    ./cmd/{kubeadm,kubelet,kubectl,kube-apiserver,kube-controller-manager,kube-scheduler,kube-proxy}
}

# image NAME REFERENCE ROOT ENTRYPOINT: an archive of one layer
image() { "$here/../image.sh" "$out/images/$1.tar" "$2" "$4" "$3"; }

images() {
  say "making images"
  [ -e "$work/base-done" ] || {
    rm -rf "$work/base"
    mmdebstrap --quiet --variant=essential --include=iptables,conntrack,kmod,etcd-server,etcd-client,iproute2 bookworm "$work/base"
    touch "$work/base-done"
  }
  local root component
  root=$work/root
  rm -rf "$root"
  mkdir -p "$root"
  gcc -static -Os -o "$root/pause" "$here/../pause.c"
  image pause k8s.gcr.io/pause:3.2 "$root" /pause
  image etcd k8s.gcr.io/etcd:3.4.13-0 "$work/base" /usr/bin/etcd
  for component in kube-apiserver kube-controller-manager kube-scheduler; do
    rm -rf "$root"
    install -D "$out/bin/$component" "$root/usr/local/bin/$component"
    image $component k8s.gcr.io/$component:$version "$root" /usr/local/bin/$component
  done
  # kube-proxy needs iptables beside it
  rm -rf "$root"
  cp -a "$work/base" "$root"
  install "$out/bin/kube-proxy" "$root/usr/local/bin/kube-proxy"
  image kube-proxy k8s.gcr.io/kube-proxy:$version "$root" /usr/local/bin/kube-proxy
  rm -rf "$root" "$out"/bin/kube-{apiserver,controller-manager,scheduler,proxy}
}

sources
binaries
images
say "done"
