SELECT format('%s partition %s, chain %s: received %s is %s more than what became of it', topic, partition, epoch, received, difference)
FROM lagesbild.balance WHERE difference <> 0
UNION ALL
SELECT format('%s partition %s, chain %s: messages %s to %s are lost (between offsets %s and %s of the feed)', topic, partition, epoch,
	first_sequence, last_sequence, after_offset, before_offset)
FROM lagesbild_store.gap JOIN lagesbild_store.build_current USING (build)
UNION ALL
SELECT format('partition %s of incidents holds %s records that are none of ours', partition, unreadable)
FROM lagesbild_store.position JOIN lagesbild_store.build_current USING (build) WHERE unreadable > 0
LIMIT 11
