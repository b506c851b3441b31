-- name: add(id, tenant_id, team_id, channel_id, kind, facts, at, due_at)!
insert into news (id, tenant_id, team_id, channel_id, kind, facts, at, due_at, state, changed_at)
values (:id, :tenant_id, :team_id, :channel_id, :kind, :facts, :at, :due_at, 'waiting', :at)
on conflict (id) do nothing;

-- name: digest(tenant_id, team_id)^
select preference, zone from digests where tenant_id = :tenant_id and team_id = :team_id;

-- name: prefer(tenant_id, team_id, preference, zone)!
insert into digests (tenant_id, team_id, preference, zone)
values (:tenant_id, :team_id, :preference, :zone)
on conflict (tenant_id, team_id) do update set preference = excluded.preference, zone = excluded.zone;
