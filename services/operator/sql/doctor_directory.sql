-- The data directory, where the server is this machine and tells it to us.
SELECT setting FROM pg_settings
WHERE name = 'data_directory' AND setting <> '' AND (inet_server_addr() IS NULL OR inet_server_addr() << inet '127.0.0.0/8' OR inet_server_addr() = inet '::1')
