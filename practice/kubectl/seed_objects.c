/* Objects as the operator and its chart have them (recorded on 1.11.5 with kubectl get -o json). */
#include "seed_objects.h"

const char seed_cluster[] =
    "{'apiVersion':'starrocks.com/v1','kind':'StarRocksCluster','metadata':{'name':'@C@',"
    "'namespace':'@NS@'},'spec':{"
    "'starRocksFeSpec':{'configMapInfo':{'configMapName':'@C@-fe-cm','resolveKey':'fe.conf'},"
    "'feEnvVars':[{'name':'MYSQL_PWD','valueFrom':{'secretKeyRef':{'key':'password',"
    "'name':'@C@-root'}}}],'image':'starrocks/fe-ubuntu:@TAG@','limits':{'cpu':2,'memory':'8Gi'},"
    "'replicas':@FES@,'requests':{'cpu':1,'memory':'4Gi'},'storageVolumes':["
    "{'mountPath':'/opt/starrocks/fe/meta','name':'fe-meta','storageClassName':'standard',"
    "'storageSize':'10Gi'},{'mountPath':'/opt/starrocks/fe/log','name':'fe-log',"
    "'storageClassName':'standard','storageSize':'5Gi'}]},"
    "'@SPEC@':{'@X@EnvVars':[{'name':'MYSQL_PWD','valueFrom':{'secretKeyRef':{'key':'password',"
    "'name':'@C@-root'}}}],'configMapInfo':{'configMapName':'@C@-@X@-cm',"
    "'resolveKey':'@X@.conf'},'image':'starrocks/@X@-ubuntu:@TAG@','limits':{'cpu':2,"
    "'memory':'8Gi'},'replicas':@NODES@,'requests':{'cpu':1,'memory':'4Gi'},'storageVolumes':["
    "{'mountPath':'/opt/starrocks/@X@/storage','name':'@X@-data','storageClassName':'standard',"
    "'storageSize':'20Gi'}]}}}";

const char seed_warehouse[] =
    "{'apiVersion':'starrocks.com/v1','kind':'StarRocksWarehouse','metadata':{'name':'@NAME@',"
    "'namespace':'@NS@','finalizers':['starrocks.com.starrockswarehouse/protection']},'spec':{"
    "'starRocksCluster':'@C@','template':{'envVars':[{'name':'MYSQL_PWD','valueFrom':{"
    "'secretKeyRef':{'key':'password','name':'@C@-root'}}}],'configMapInfo':{"
    "'configMapName':'@C@-cn-cm','resolveKey':'cn.conf'},'image':'starrocks/cn-ubuntu:@TAG@',"
    "'limits':{'cpu':2,'memory':'8Gi'},'replicas':1,'requests':{'cpu':1,'memory':'4Gi'}}}}";

const char seed_operator[] =
    "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'annotations':{"
    "'deployment.kubernetes.io/revision':'1'},'labels':{'app':'kube-starrocks-operator'},"
    "'name':'kube-starrocks-operator','namespace':'@NS@'},'spec':{'progressDeadlineSeconds':600,"
    "'replicas':1,'revisionHistoryLimit':10,'selector':{'matchLabels':{"
    "'app':'kube-starrocks-operator'}},'strategy':{'rollingUpdate':{'maxSurge':'25%',"
    "'maxUnavailable':'25%'},'type':'RollingUpdate'},'template':{'metadata':{'annotations':{"
    "'kubectl.kubernetes.io/default-container':'manager'},'creationTimestamp':null,'labels':{"
    "'app':'kube-starrocks-operator','version':'@OPERATOR@'}},'spec':{"
    "'automountServiceAccountToken':true,'containers':[{'args':['--leader-elect',"
    "'--zap-time-encoding=iso8601','--zap-encoder=console','--volume-name-with-hash=true'],"
    "'command':['/sroperator'],'image':'starrocks/operator:v@OPERATOR@','imagePullPolicy':'Always',"
    "'name':'manager','resources':{'limits':{'cpu':'500m','memory':'800Mi'},'requests':{"
    "'cpu':'500m','memory':'400Mi'}},'securityContext':{'allowPrivilegeEscalation':false,"
    "'readOnlyRootFilesystem':true,'runAsNonRoot':true}}],'dnsPolicy':'ClusterFirst',"
    "'restartPolicy':'Always','schedulerName':'default-scheduler','securityContext':{},"
    "'serviceAccount':'starrocks','serviceAccountName':'starrocks',"
    "'terminationGracePeriodSeconds':10}}},'status':{'availableReplicas':1,'observedGeneration':1,"
    "'readyReplicas':1,'replicas':1,'updatedReplicas':1,'conditions':[{"
    "'message':'Deployment has minimum availability.','reason':'MinimumReplicasAvailable',"
    "'status':'True','type':'Available'}]}}";

const char seed_operator_pod[] =
    "{'apiVersion':'v1','kind':'Pod','metadata':{'annotations':{"
    "'kubectl.kubernetes.io/default-container':'manager'},"
    "'generateName':'kube-starrocks-operator-9b55946d7-','labels':{"
    "'app':'kube-starrocks-operator','pod-template-hash':'9b55946d7','version':'@OPERATOR@'},"
    "'name':'kube-starrocks-operator-9b55946d7-thj9f','namespace':'@NS@'},'spec':{'containers':[{"
    "'command':['/sroperator'],'image':'starrocks/operator:v@OPERATOR@','name':'manager'}],"
    "'nodeName':'node-b','restartPolicy':'Always'},'status':{'containerStatuses':[{"
    "'image':'starrocks/operator:v@OPERATOR@','imageID':'','lastState':{},'name':'manager',"
    "'ready':true,'restartCount':0,'state':{'running':{}}}],'phase':'Running',"
    "'podIP':'10.244.0.2','podIPs':[{'ip':'10.244.0.2'}]}}";

const char seed_crd[] =
    "{'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition','metadata':{"
    "'annotations':{'controller-gen.kubebuilder.io/version':'v0.14.0'@MARK@},"
    "'name':'starrocksclusters.starrocks.com'},'spec':{'group':'starrocks.com','names':{"
    "'kind':'StarRocksCluster','listKind':'StarRocksClusterList','plural':'starrocksclusters',"
    "'shortNames':['src'],'singular':'starrockscluster'},'scope':'Namespaced','versions':[{"
    "'name':'v1','served':true,'storage':true,'subresources':{@SCALE@'status':{}}}]}}";

const char seed_crd_scale[] =
    "\"scale\":{\"labelSelectorPath\":\".status.starRocksCnStatus.selector\","
    "\"specReplicasPath\":\".spec.starRocksCnSpec.replicas\","
    "\"statusReplicasPath\":\".status.starRocksCnStatus.replicas\"},";

const char seed_warehouse_crd[] =
    "{'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition','metadata':{"
    "'annotations':{'controller-gen.kubebuilder.io/version':'v0.14.0'@MARK@},"
    "'name':'starrockswarehouses.starrocks.com'},'spec':{'group':'starrocks.com','names':{"
    "'kind':'StarRocksWarehouse','listKind':'StarRocksWarehouseList',"
    "'plural':'starrockswarehouses','shortNames':['warehouses'],"
    "'singular':'starrockswarehouse'},'scope':'Namespaced','versions':[{'name':'v1',"
    "'served':true,'storage':true,'subresources':{'scale':{"
    "'labelSelectorPath':'.status.selector','specReplicasPath':'.spec.template.replicas',"
    "'statusReplicasPath':'.status.replicas'},'status':{}}}]}}";

const char seed_namespace[] = "{'apiVersion':'v1','kind':'Namespace','metadata':{'labels':{"
                              "'kubernetes.io/metadata.name':'@NAME@'},'name':'@NAME@'},"
                              "'status':{'phase':'Active'}}";

const char seed_node[] =
    "{'apiVersion':'v1','kind':'Node','metadata':{'labels':{'kubernetes.io/arch':'amd64',"
    "'kubernetes.io/hostname':'@NAME@','kubernetes.io/os':'linux'},'name':'@NAME@'},'spec':{},"
    "'status':{'addresses':[{'address':'10.0.0.1','type':'InternalIP'}],'conditions':[{"
    "'message':'kubelet is posting ready status','reason':'KubeletReady','status':'True',"
    "'type':'Ready'}],'nodeInfo':{'architecture':'amd64','kubeletVersion':'v1.32.0',"
    "'operatingSystem':'linux'}}}";

const char seed_service[] =
    "{'apiVersion':'v1','kind':'Service','metadata':{'labels':{'app.kubernetes.io/component':'@X@',"
    "'app.starrocks.ownerreference/name':'@C@'},'name':'@C@-@X@-service','namespace':'@NS@'},"
    "'spec':{'clusterIP':'10.96.0.40','clusterIPs':['10.96.0.40'],'ipFamilies':['IPv4'],"
    "'ipFamilyPolicy':'SingleStack','ports':@PORTS@,'selector':{'app.kubernetes.io/component':"
    "'@X@','app.starrocks.ownerreference/name':'@C@-@X@'},'sessionAffinity':'None',"
    "'type':'ClusterIP'},'status':{'loadBalancer':{}}}";

const char seed_search_service[] =
    "{'apiVersion':'v1','kind':'Service','metadata':{'labels':{'app.kubernetes.io/component':'@X@',"
    "'app.starrocks.ownerreference/name':'@C@'},'name':'@C@-@X@-search','namespace':'@NS@'},"
    "'spec':{'clusterIP':'None','clusterIPs':['None'],'ipFamilies':['IPv4'],"
    "'ipFamilyPolicy':'SingleStack','ports':@PORTS@,'publishNotReadyAddresses':true,'selector':{"
    "'app.kubernetes.io/component':'@X@','app.starrocks.ownerreference/name':'@C@-@X@'},"
    "'sessionAffinity':'None','type':'ClusterIP'},'status':{'loadBalancer':{}}}";

const char seed_fe_ports[] = "[{'name':'http','port':8030,'protocol':'TCP','targetPort':8030},"
                             "{'name':'rpc','port':9020,'protocol':'TCP','targetPort':9020},"
                             "{'name':'query','port':9030,'protocol':'TCP','targetPort':9030},"
                             "{'name':'edit-log','port':9010,'protocol':'TCP','targetPort':9010}]";

const char seed_node_ports[] =
    "[{'name':'webserver','port':8040,'protocol':'TCP','targetPort':8040},"
    "{'name':'heartbeat','port':9050,'protocol':'TCP','targetPort':9050},"
    "{'name':'brpc','port':8060,'protocol':'TCP','targetPort':8060}]";
