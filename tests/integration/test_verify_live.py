"""verify while messages keep coming: what arrives while it looks is not for it to judge, and what is on its way is waited for."""
from faults import AGGREGATOR, NORMALIZER, Publishing, check_whole, say, taken, write_slice
from installation import Installation, wait_for


def main():
    with Installation("verify_live") as i:
        path = write_slice(i, 4000)
        for program in (NORMALIZER, AGGREGATOR):
            i.start(program)
        looked = 0
        with Publishing(i, path, 500) as publishing:
            wait_for("the work is under way", lambda: taken(i) > 0, 60)
            while publishing.under_way:
                said = i.run("lagesbild", "verify").stdout
                assert "consistent" in said, said
                looked += 1
        assert looked >= 5, f"looked {looked} times only: proves little"
        say(f"  consistent {looked} times under way")
        check_whole(i, path)
        # Nobody reads now: what lies there must be named, not waited for without an end.
        i.stop(NORMALIZER)
        i.produce(b'{"id": 1}', key="1")
        done = i.run("lagesbild", "verify", check=False)
        assert done.returncode == 1 and "has not been accounted for" in done.stdout, done.stdout
        i.stop(AGGREGATOR)


if __name__ == "__main__":
    main()
