// Where the image lies. Apart from azure.bicep, since the image has to be there before what runs it.

@description('What all names begin with; small letters and digits, a letter first.')
@minLength(3)
@maxLength(11)
param baseName string

param location string = resourceGroup().location

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  // The name is part of a host name, so nobody else in the world may have it.
  name: '${baseName}${uniqueString(resourceGroup().id)}'
  location: location
  sku: {
    name: 'Basic'
  }
  properties: {
    adminUserEnabled: false
  }
}

output REGISTRY_NAME string = registry.name
