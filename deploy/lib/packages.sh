# shellcheck shell=bash
# packages.sh: Debian packages by the lists of deploy/packages.

# packages_missing LIST...: prints those of the lists' packages that are not installed.
packages_missing() {
	local list files=()
	for list in "$@"; do
		files+=("$CHECKOUT/deploy/packages/$list.txt")
	done
	# awk: the first input is what is installed, the rest are the lists.
	# shellcheck disable=SC2016
	dpkg-query -W -f='${db:Status-Status} ${Package}\n' | awk '
		FILENAME == "-" { if ($1 == "installed") have[$2] = 1; next }
		NF && !/^#/ && !have[$1]++ { print $1 }' - "${files[@]}"
}

packages_apt() {
	local run=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
	is_root || run=(sudo "${run[@]}")
	"${run[@]}" update && "${run[@]}" install --no-install-recommends "$@"
}

# packages_install LIST...: installs what is missing, nothing when nothing is (an installed machine needs no network and no
# rights). Lists are names in deploy/packages without ".txt".
packages_install() {
	local text log=$LAGESBILD_HOME/log/apt.log missing
	text=$(packages_missing "$@") || return 1
	read -r -d '' -a missing <<<"$text" || true
	[ "${#missing[@]}" -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null; then
		complain "apt-get finns inte; det här kräver Debian 12. Saknade paket: ${missing[*]}"
		return 1
	fi
	if ! is_root && ! command -v sudo >/dev/null; then
		complain "Paket saknas och varken root eller sudo finns. Be den som får: apt-get install ${missing[*]}"
		return 1
	fi
	mkdir -p "${log%/*}"
	packages_apt "${missing[@]}" >"$log" 2>&1 && return 0
	tail -n 20 "$log" >&2
	complain "Paketen kunde inte installeras (${missing[*]}); se $log"
}
