SELECT 'wrong', format('%s partition %s, chain %s: received %s is %s more than what became of it', topic, partition, epoch, received, difference),
	'lagesbild verify, then lagesbild rebuild and promote'
FROM lagesbild.balance WHERE difference <> 0
UNION ALL
SELECT 'wrong', format('partition %s of incidents holds %s records that are none of ours', partition, unreadable), 'find who writes there, and take away his right: only normalizers do'
FROM lagesbild_store.position JOIN lagesbild_store.build_current USING (build) WHERE unreadable > 0
