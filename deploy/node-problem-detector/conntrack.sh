#!/bin/sh
# Plugin for node-problem-detector: is the kernel's table of tracked connections nearly full?
#
#   conntrack.sh [-t PERCENT] [-p PROC] [-u STATUS]
#
#   -t  the part of the limit above which it is called full, in percent; 90 by default
#   -p  where proc is mounted; by default /host/proc where that has the files, else /proc
#   -u  the exit status where nothing can be read: 2 by default, 0 for rules of the type `temporary`, because
#       node-problem-detector makes an event of a 2 there, with the same reason as of a 1
#
# Exit status: 0 there is room, 1 full, 2 not known. One line on stdout says why, of less than 80 characters, which is all
# that node-problem-detector keeps. It has no number that changes: another message is another event to Kubernetes, and
# after ten of them it stops to tell them apart.
#
# The kernel answers for the network namespace of who reads, wherever proc comes from: run it with the host's network.
# Nothing but the shell is needed.

threshold=90
proc=
unknown=2

misused() {
  echo "conntrack.sh: $1; use [-t PERCENT] [-p PROC] [-u 0|2]"
  exit 2
}

while getopts :t:p:u: option; do
  case $option in
    t) threshold=$OPTARG ;;
    p) proc=$OPTARG ;;
    u) unknown=$OPTARG ;;
    *) misused "bad option -$OPTARG" ;;
  esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || misused "too many arguments"

# At most 15 digits: a hundred times that still fits, and a leading zero would be octal.
is_number() {
  case $1 in
    '' | *[!0-9]* | 0?* | ????????????????*) return 1 ;;
  esac
}

if ! is_number "$threshold" || [ "$threshold" -lt 1 ] || [ "$threshold" -gt 100 ]; then
  misused "-t takes 1 to 100"
fi
case $unknown in
  0 | 2) ;;
  *) misused "-u takes 0 or 2" ;;
esac

# Sets $value to the number in a file.
read_number() {
  value=
  { read -r value || [ -n "$value" ]; } 2>/dev/null <"$1" && is_number "$value"
} 2>/dev/null

# Sets $count and $limit. The second layout is that of old kernels.
read_table() {
  for layout in sys/net/netfilter/nf_conntrack sys/net/ipv4/netfilter/ip_conntrack; do
    read_number "$1/${layout}_count" || continue
    count=$value
    read_number "$1/${layout}_max" || continue
    limit=$value
    return 0
  done
  return 1
}

if [ -n "$proc" ]; then
  read_table "$proc"
else
  read_table /host/proc || read_table /proc
fi || {
  echo "conntrack: no count and limit to be read; is nf_conntrack loaded?"
  exit "$unknown"
}

# To the kernel 0 is no limit.
if [ "$limit" -eq 0 ]; then
  echo "conntrack table has no limit"
  exit 0
fi
if [ $((count * 100)) -gt $((limit * threshold)) ]; then
  echo "conntrack table is over $threshold% full, its limit is $limit"
  exit 1
fi
echo "conntrack table has room"
