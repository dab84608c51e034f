# Prints what etcd logged when it was started with --force-new-cluster, in the order of time: that it discarded entries, if it did, and
# after that, that it was started so.
#
# $1 the copy of its data: only what was logged after that counts
# $2 the folder of the logs of pods

# the kubelet renames a log that has become large
find "$2" -path "$2/kube-system_etcd-*/etcd/*.log*" -newer "$1" \
  -exec grep -hE 'discarding ([0-9]+ )?uncommitted WAL entries|forcing restart' {} + 2>/dev/null | sort
