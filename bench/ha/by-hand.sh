#!/bin/bash
# What a good operator would script: the same kubeadm commands over plain ssh, hosts side by side where that is safe.
# The time of the playbook is compared with its time. It has no checks, no recovery and no second run.
#
#   by-hand.sh join|phases KEY KNOWN_HOSTS LB M1 M2 M3 FOLDER
#
# FOLDER has m1.yaml to m3.yaml, the kubeadm configurations that the playbook writes too; options, those of kubeadm init and
# join; and cni.yaml. In a configuration, __MEMBERS__ stands for the initial cluster of etcd.
# shellcheck disable=SC2016 # the hosts expand what is in single quotes
set -euo pipefail
strategy=$1 key=$2 known=$3 lb=$4 folder=$8
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

haproxy &
for host in "${masters[@]}"; do prepare "$host" & done
wait

first=${masters[0]}
init_options=$(cat "$folder/init-options") join_options=$(cat "$folder/join-options")
on "$first" 'cat >/root/kubeadm.yaml' <"$folder/m1.yaml"
on "$first" "kubeadm init --config /root/kubeadm.yaml $init_options" >/dev/null

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
    on "$host" "$join --control-plane --apiserver-advertise-address $host $join_options" >/dev/null
  done
}

kubectl="kubectl --kubeconfig /etc/kubernetes/admin.conf"
# in etcd's pod: today's hosts do not have etcdctl
etcdctl="$kubectl -n kube-system exec etcd-m1 -- etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt \
  --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"

by_phases() {
  local n=1 host members="m1=https://$first:2380"
  for host in "${masters[@]:1}"; do
    n=$((n + 1)) members="$members,m$n=https://$host:2380"
    share "$host"
    on "$first" cat /etc/kubernetes/admin.conf | on "$host" 'umask 077; cat >/etc/kubernetes/admin.conf'
    sed "s#__MEMBERS__#$members#" "$folder/m$n.yaml" | on "$host" 'cat >/root/kubeadm.yaml'
    on "$host" 'set -e; for phase in "certs all" "kubeconfig kubelet" kubelet-start; do
      kubeadm init phase $phase --config /root/kubeadm.yaml; done' >/dev/null
    on "$first" "$etcdctl member add m$n --peer-urls=https://$host:2380" >/dev/null
    on "$host" 'kubeadm init phase etcd local --config /root/kubeadm.yaml' >/dev/null
    on "$first" "until $etcdctl endpoint health --cluster; do sleep 0.5; done" >/dev/null 2>&1
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

on "$first" "$kubectl apply -f -" <"$folder/cni.yaml" >/dev/null
on "$first" "$kubectl wait --for=condition=Ready node --all --timeout=300s >/dev/null &&
  $kubectl -n kube-system wait --for=condition=Ready pod --all --timeout=300s >/dev/null && $kubectl get nodes"
