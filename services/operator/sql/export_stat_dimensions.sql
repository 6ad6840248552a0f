-- Each dimension: its size, codes and labels as JSON, in the order of the document.
SELECT dimension, count(*), json_agg(code ORDER BY i)::text, json_object_agg(code, label ORDER BY i)::text
FROM stat_code GROUP BY dimension ORDER BY array_position(ARRAY['time', 'area', 'category', 'source'], dimension)
