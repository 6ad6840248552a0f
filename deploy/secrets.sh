#!/usr/bin/env bash
# secrets.sh: the secrets of an installation, each in a file of its own. `secrets.sh --help` says the rest.
set -euo pipefail

# shellcheck source=deploy/lib/base.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/base.sh"

usage() {
	cat <<-'EOF'
		Användning: deploy/secrets.sh [KATALOG]

		Gör installationens hemligheter i deploy/secrets och skriver i .env var de finns, så att docker compose hittar dem; eller i
		KATALOG, och då är .env orörd. Det som finns skrivs aldrig över: finns någon av filerna görs ingenting.

		  installation.key   gör händelsernas id och förseglar tvåfaktorskoderna. SÄKERHETSKOPIERA DEN: utan den räknas varje senare
		                     händelse på nytt, och den som har en kod måste göra en ny.
		  operator.key       signerar importerad historik och återtaganden
		  postgres_admin     libpq-tjänstefil med lösenord för databasens ägare (setup, lagesbild)
		  postgres_writer    dito för aggregatorn
		  postgres_api       dito för api (rollerna lagesbild_council och lagesbild_desk)
		  postgres_printer   dito för printer

		In English: makes the keys and passwords of an installation, and refuses to overwrite. Back up installation.key.
	EOF
}

word() {
	od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'
	echo
}

# service_file ROLE: libpq reads a service file whatever its mode is, which it does not a password file; so a container's user may too.
service_file() {
	printf '[lagesbild]\nuser=%s\npassword=%s\n' "$1" "$(word)"
}

case ${1:-} in
-h | --help)
	usage
	exit 0
	;;
-*)
	usage >&2
	exit 2
	;;
esac

dir=${1:-$CHECKOUT/deploy/secrets}
for name in installation.key operator.key postgres_admin postgres_writer postgres_api postgres_printer; do
	if [ -e "$dir/$name" ]; then
		complain "$dir/$name finns redan; hemligheter skrivs aldrig över. Ingenting är ändrat." || exit 1
	fi
done
mkdir -p "$dir"
dir=$(cd "$dir" && pwd -P)
# The folder keeps others out; the files can be read, since a container's user, who has another number, meets them mounted one by one.
chmod 700 "$dir"
umask 022
word >"$dir/installation.key"
word >"$dir/operator.key"
service_file lagesbild >"$dir/postgres_admin"
service_file lagesbild_writer >"$dir/postgres_writer"
service_file lagesbild_council >"$dir/postgres_api"
service_file lagesbild_printer >"$dir/postgres_printer"
if [ "$#" -eq 0 ]; then
	touch "$CHECKOUT/.env"
	sed -i '/^LAGESBILD_SECRETS=/d' "$CHECKOUT/.env"
	echo "LAGESBILD_SECRETS=$dir" >>"$CHECKOUT/.env"
fi
echo "Hemligheterna finns i $dir. Säkerhetskopiera installation.key på ett annat ställe nu: den går inte att göra om."
