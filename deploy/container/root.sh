#!/bin/sh
# root.sh NODE FOLDER: lays out a root file system with Node and what it needs, and nothing else: no shell, no package manager.
set -eu
node=$1
root=$2

mkdir -p "$root/nodejs" "$root/etc"
cp "$node" "$root/nodejs/node"

# The C++ and C libraries that it is linked with, and their loader, each where the loader looks for it.
for library in $(ldd "$node" | grep -o '/[^ )]*'); do
  cp --parents -L "$library" "$root"
done

# Their licences, where Node's image and Debian have them.
for text in /usr/local/LICENSE /usr/share/doc/libc6/copyright /usr/share/doc/libstdc++6/copyright; do
  [ ! -f "$text" ] || cp --parents -L "$text" "$root"
done

# For the C library: who the user is, and that names are looked up in /etc/hosts first.
echo 'nonroot:x:65532:65532::/app:/none' >"$root/etc/passwd"
echo 'nonroot:x:65532:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
