-- name: remember(tenant_id, person_id, conversation_id, service_url)!
insert into conversations (tenant_id, person_id, conversation_id, service_url)
values (:tenant_id, :person_id, :conversation_id, :service_url)
on conflict (tenant_id, person_id) do update set
    conversation_id = excluded.conversation_id, service_url = excluded.service_url
where conversations.conversation_id <> excluded.conversation_id
    or conversations.service_url <> excluded.service_url;

-- name: of(tenant_id, person_id)^
select conversation_id, service_url from conversations
where tenant_id = :tenant_id and person_id = :person_id;

-- name: lose(tenant_id, person_id, conversation_id)!
delete from conversations
where tenant_id = :tenant_id and person_id = :person_id and conversation_id = :conversation_id;

-- name: welcome(tenant_id, conversation_id, now)!
insert into welcomes (tenant_id, conversation_id, welcomed_at)
values (:tenant_id, :conversation_id, :now)
on conflict (tenant_id, conversation_id) do nothing;

-- name: forget_chat(tenant_id, conversation_id)!
delete from conversations where tenant_id = :tenant_id and conversation_id = :conversation_id;

-- name: forget_welcome(tenant_id, conversation_id)!
delete from welcomes where tenant_id = :tenant_id and conversation_id = :conversation_id;
