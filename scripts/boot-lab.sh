#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# boot-lab.sh: puts the other hosts of demo/lab.sh around this machine, which is the router.

set -eu

demo=$(cd "$(dirname "$0")/../demo" && pwd -P)
work=/run/lab
# shellcheck source=../demo/lab.sh
. "$demo/lab.sh"

mkdir $work
ip netns attach router 1
lab_wires
lab_services
