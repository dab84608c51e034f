#!/bin/bash
# What a good operator would script: the same kubeadm commands over plain ssh, hosts side by side where that is safe.
# It is the measure for the playbook's own time, and has no checks, no recovery and no second run.
#
#   by-hand.sh join|phases KEY KNOWN_HOSTS LB M1 M2 M3 CNI_MANIFEST
set -euo pipefail
strategy=$1 key=$2 known=$3 lb=$4 cni=$8
masters=("$5" "$6" "$7")
control=$(mktemp -d)
trap 'rm -rf "$control"' EXIT
on() {
  local host=$1
  shift
  ssh -i "$key" -o UserKnownHostsFile="$known" -o ControlMaster=auto -o ControlPath="$control/%h" -o ControlPersist=60 \
    "root@$host" "$@"
}

haproxy() {
  local n=0 host
  {
    cat <<'EOF'
defaults
    mode tcp
    timeout connect 5s
    timeout client 3h
    timeout server 3h
    timeout check 5s
frontend apiserver
    bind *:6443
    default_backend apiservers
backend apiservers
    option httpchk
    http-check connect ssl
    http-check send meth GET uri /healthz
    http-check expect status 200
    default-server inter 2s fall 3 rise 1 on-marked-down shutdown-sessions
EOF
    for host in "${masters[@]}"; do n=$((n + 1)); echo "    server m$n $host:6443 check verify none"; done
  } | on "$lb" 'cat >/etc/haproxy/haproxy.cfg && systemctl enable -q haproxy 2>/dev/null && systemctl restart haproxy'
}

prepare() {
  on "$1" 'set -e
    printf "overlay\nbr_netfilter\n" >/etc/modules-load.d/k8s.conf
    for key in net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables; do
      sysctl -qw $key=1; echo "$key = 1"; done >/etc/sysctl.d/k8s.conf
    systemctl enable -q --now containerd
    for f in /opt/coxswain/images/*.tar; do ctr -n k8s.io images import $f >/dev/null; done'
}

# config ADDRESS [INITIAL_CLUSTER]
config() {
  local etcd="{}"
  [ $# -lt 2 ] || etcd="{local: {extraArgs: {initial-cluster: \"$2\", initial-cluster-state: existing}}}"
  cat <<EOF
apiVersion: kubeadm.k8s.io/v1beta2
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: $1, bindPort: 6443}
nodeRegistration: {criSocket: /run/containerd/containerd.sock}
---
apiVersion: kubeadm.k8s.io/v1beta2
kind: ClusterConfiguration
kubernetesVersion: v1.20.2
controlPlaneEndpoint: $lb:6443
networking: {podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/12}
etcd: $etcd
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failSwapOn: false
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
conntrack: {maxPerCore: 0}
EOF
}

ignore=ImagePull,SystemVerification,Swap,FileContent--proc-sys-net-bridge-bridge-nf-call-iptables
haproxy &
for host in "${masters[@]}"; do prepare "$host" & done
wait

first=${masters[0]}
config "$first" | on "$first" 'cat >/root/kubeadm.yaml'
on "$first" "kubeadm init --config /root/kubeadm.yaml --skip-phases=addon/coredns --ignore-preflight-errors=$ignore" >/dev/null

shared="ca.crt ca.key sa.pub sa.key front-proxy-ca.crt front-proxy-ca.key etcd/ca.crt etcd/ca.key"
share() {
  on "$first" "tar -C /etc/kubernetes/pki -c $shared" |
    on "$1" 'mkdir -p /etc/kubernetes/pki && tar -C /etc/kubernetes/pki -x'
}

by_joining() {
  local join host
  join=$(on "$first" 'kubeadm token create --print-join-command 2>/dev/null')
  for host in "${masters[@]:1}"; do
    share "$host"
    on "$host" "$join --control-plane --apiserver-advertise-address $host --cri-socket /run/containerd/containerd.sock --ignore-preflight-errors=$ignore" >/dev/null
  done
}

etcdctl="ETCDCTL_API=3 etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt \
  --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"

by_phases() {
  local n=1 host members="m1=https://$first:2380"
  for host in "${masters[@]:1}"; do
    n=$((n + 1)) members="$members,m$n=https://$host:2380"
    share "$host"
    on "$first" cat /etc/kubernetes/admin.conf | on "$host" 'umask 077; cat >/etc/kubernetes/admin.conf'
    config "$host" "$members" | on "$host" 'cat >/root/kubeadm.yaml'
    on "$host" 'set -e; for phase in "certs all" "kubeconfig kubelet" kubelet-start; do
      kubeadm init phase $phase --config /root/kubeadm.yaml; done' >/dev/null
    on "$first" "$etcdctl member add m$n --peer-urls=https://$host:2380" >/dev/null
    on "$host" 'kubeadm init phase etcd local --config /root/kubeadm.yaml' >/dev/null
    on "$host" "until $etcdctl endpoint health --cluster; do sleep 0.5; done" >/dev/null 2>&1
    on "$host" 'set -e; for phase in "kubeconfig all" "control-plane all"; do
      kubeadm init phase $phase --config /root/kubeadm.yaml; done
      until curl -skf https://127.0.0.1:6443/readyz && kubectl --kubeconfig /etc/kubernetes/admin.conf get node "$(hostname)"; do
        sleep 0.5; done
      for phase in mark-control-plane "upload-config kubelet" "kubelet-finalize all"; do
        kubeadm init phase $phase --config /root/kubeadm.yaml; done' >/dev/null 2>&1
  done
}

case $strategy in
  join) by_joining ;;
  phases) by_phases ;;
esac
for host in "${masters[@]}"; do on "$host" 'mkdir -p /root/.kube && cp /etc/kubernetes/admin.conf /root/.kube/config'; done

kubectl="kubectl --kubeconfig /etc/kubernetes/admin.conf"
on "$first" "$kubectl apply -f -" <"$cni" >/dev/null
on "$first" "$kubectl -n kube-system rollout status daemonset/lab-cni --timeout=300s >/dev/null &&
  $kubectl wait --for=condition=Ready node --all --timeout=300s >/dev/null &&
  $kubectl -n kube-system wait --for=condition=Ready pod --all --timeout=300s >/dev/null && $kubectl get nodes"
